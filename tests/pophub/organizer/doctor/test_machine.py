"""The machine's type in the region's zones, the account's plan, and the key of its disks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.account_kinds import FREE_PLAN, INSTITUTION, NEW, ORDINARY, AccountKind
from pophub.organizer.doctor import machine
from pophub.organizer.doctor.finding import Colour
from tests.pophub.organizer.doctor.conftest import MakeCase

ZONES = {"us-west-2a", "us-west-2b"}
LOCAL = "us-west-2-lax-1a"


@pytest.mark.parametrize(
    ("having", "chosen", "colour", "words"),
    [
        (ZONES, None, Colour.GREEN, "offered in us-west-2a, us-west-2b"),
        (ZONES | {LOCAL}, None, Colour.GREEN, "offered in us-west-2a, us-west-2b"),
        ({LOCAL}, None, Colour.RED, "not offered in us-west-2"),
        (set(), None, Colour.RED, "not offered in us-west-2"),
        ({"us-west-2b"}, "us-west-2a", Colour.RED, "to one of us-west-2b"),
        ({"us-west-2b"}, "us-west-2b", Colour.GREEN, "offered in us-west-2b"),
        (ZONES, LOCAL, Colour.RED, "not an availability zone of us-west-2"),
        (ZONES, "us-west-2z", Colour.RED, "not an availability zone of us-west-2"),
    ],
)
def test_the_type_must_be_offered_in_a_zone_of_the_regions_own(
    having: set[str], chosen: str | None, colour: Colour, words: str
) -> None:
    verdict = machine.judge_offered("r6i.8xlarge", "us-west-2", ZONES, having, chosen)

    assert verdict.colour is colour
    assert words in f"{verdict.answer} {verdict.next_step}"


def test_a_type_that_the_region_lacks_is_missed_before_the_deploy(
    make_case: MakeCase, example_in: Callable[[str, str], str]
) -> None:
    case = make_case(name=example_in("instance_type: null", "instance_type: zz9.large"))

    assert machine.offered(case).colour is Colour.RED
    assert machine.offered(make_case()).colour is Colour.GREEN


@pytest.mark.parametrize(
    ("instance_type", "kind", "colour"),
    [
        ("r6i.8xlarge", "PAID", Colour.GREEN),
        ("r6i.8xlarge", "", Colour.GREEN),
        ("r6i.8xlarge", "FREE", Colour.RED),
        ("t3.small", "FREE", Colour.YELLOW),
    ],
)
def test_the_free_plan_allows_few_machines(instance_type: str, kind: str, colour: Colour) -> None:
    assert machine.judge_plan(instance_type, kind, ["t3.micro", "t3.small"]).colour is colour


@pytest.mark.parametrize(("kind", "colour"), [(ORDINARY, Colour.GREEN), (NEW, Colour.GREEN), (FREE_PLAN, Colour.RED)])
def test_each_kind_of_account_has_its_plan(make_case: MakeCase, kind: AccountKind, colour: Colour) -> None:
    assert machine.plan(make_case(kind)).colour is colour


@pytest.mark.parametrize(
    ("manager", "state", "colour"),
    [("AWS", "Enabled", Colour.GREEN), ("CUSTOMER", "Enabled", Colour.YELLOW), ("CUSTOMER", "Disabled", Colour.RED)],
)
def test_a_key_of_the_customers_own_needs_a_look(manager: str, state: str, colour: Colour) -> None:
    assert machine.judge_disk_key("arn:aws:kms:us-west-2:1:key/k", manager, state).colour is colour


@pytest.mark.parametrize(("kind", "colour"), [(ORDINARY, Colour.GREEN), (INSTITUTION, Colour.YELLOW)])
def test_each_kind_of_account_has_its_key(make_case: MakeCase, kind: AccountKind, colour: Colour) -> None:
    verdict = machine.disk_key(make_case(kind))

    assert verdict.colour is colour
