"""Whether the account can run the workers: their quota beside the hub, Auto Scaling's role, and the key of their disks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lab.account_kinds import INSTITUTION, NEW, ORDINARY, AccountKind
from lab.aws import LabAws
from pophub.organizer.doctor import workers
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Colour
from pophub.organizer.doctor.rights import rights
from pophub.organizer.plan.prices import region_prices
from pophub.organizer.plan.workers import WorkerPlan
from tests.pophub.organizer.doctor.conftest import MakeCase

TYPE = region_prices("us-west-2").machine("r7i.2xlarge")
PLAN = WorkerPlan(
    (TYPE,), slots=15, count=4, most=5, spot=False, warm=timedelta(minutes=15), reserve_gib=Decimal("4.1")
)


@pytest.fixture
def crowded(make_case: MakeCase, example_in: Callable[[str, str], str]) -> Callable[..., Case]:
    """The example with workers, at an account of a kind."""

    def make(kind: AccountKind = ORDINARY, *, spot: str = "false") -> Case:
        return make_case(kind, name=example_in("workers: null", f"workers: {{spot: {spot}}}"))

    return make


@pytest.mark.parametrize(
    ("limit", "used", "colour", "words"),
    [
        (
            72,
            32,
            Colour.GREEN,
            "5 workers r7i.2xlarge take 40 of 72 vCPUs of machines on demand, of which others use 32",
        ),
        (71, 32, Colour.YELLOW, "4 of them fit, and 4 hold all participants"),
        (63, 32, Colour.RED, "3 of them fit, and all participants need 4"),
        (16, 32, Colour.RED, "ask AWS for 72"),
    ],
)
def test_all_workers_must_fit_beside_what_runs(limit: int, used: int, colour: Colour, words: str) -> None:
    verdict = workers.judge_processors(PLAN, 8, limit, used, "https://console")

    assert verdict.colour is colour
    assert words in f"{verdict.answer} {verdict.next_step}"


def test_the_market_is_named() -> None:
    assert "of spot instances" in workers.judge_processors(replace(PLAN, spot=True), 8, 64, 0, "https://console").answer


def test_nothing_is_asked_for_an_event_with_one_machine(make_case: MakeCase) -> None:
    assert [list(ask(make_case())) for ask in (workers.processors, workers.roles, workers.disk_key)] == [[], [], []]


@pytest.mark.parametrize(("kind", "colour"), [(ORDINARY, Colour.GREEN), (NEW, Colour.RED)], ids=["ordinary", "new"])
@pytest.mark.parametrize("spot", ["true", "false"])
def test_a_new_account_cannot_run_the_workers_of_the_example(
    crowded: Callable[..., Case], kind: AccountKind, colour: Colour, spot: str
) -> None:
    [(_, verdict)] = workers.processors(crowded(kind, spot=spot))

    assert verdict.colour is colour


def test_spot_instances_do_not_share_the_hub_s_quota(crowded: Callable[..., Case]) -> None:
    [(_, on_demand)] = workers.processors(crowded())
    [(_, spot)] = workers.processors(crowded(spot="true"))

    assert "others use" in on_demand.answer
    assert "others use" not in spot.answer


def test_auto_scaling_s_role_is_made_by_the_first_deploy_or_by_hand(
    crowded: Callable[..., Case], accounts: Callable[[AccountKind], LabAws]
) -> None:
    [(_, before)] = workers.roles(crowded(NEW))
    accounts(NEW).client("iam", "us-east-1").create_service_linked_role(AWSServiceName=workers.SERVICE)
    [(_, after)] = workers.roles(crowded(NEW))

    assert (before.colour, after.colour) == (Colour.YELLOW, Colour.GREEN)
    assert f"create-service-linked-role --aws-service-name {workers.SERVICE}" in before.next_step


@pytest.mark.parametrize(
    ("kind", "colour"), [(ORDINARY, Colour.GREEN), (INSTITUTION, Colour.YELLOW)], ids=["ordinary", "institution"]
)
def test_a_key_of_the_account_s_own_must_know_auto_scaling(
    crowded: Callable[..., Case], kind: AccountKind, colour: Colour
) -> None:
    [(_, verdict)] = workers.disk_key(crowded(kind))

    assert verdict.colour is colour


def test_an_event_with_workers_needs_the_rights_of_both_policies(
    crowded: Callable[..., Case], make_case: MakeCase, accounts: Callable[[AccountKind], LabAws]
) -> None:
    aws = accounts(ORDINARY)
    aws.change(denied=("autoscaling:CreateAutoScalingGroup",))
    found = rights(crowded()), rights(make_case())
    aws.change(denied=())

    assert [each.colour for each in found] == [Colour.RED, Colour.GREEN]
    assert "organizer-policy-workers.json" in found[0].next_step
