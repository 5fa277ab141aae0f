"""What an off page leaves: known by its tags, and where there are none by its name."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.organizer.leftovers.leftovers import find, removable
from pophub.organizer.leftovers.off_page import CHECKS, OFF_PAGE
from pophub.organizer.leftovers.resource import Resource
from tests.pophub.planted import Garden, event_context

TYPES = (*OFF_PAGE, *CHECKS)


@pytest.fixture(scope="module")
def own(lab_aws: LabAws) -> Garden:
    planted = Garden(lab_aws, "paged", "paged")
    planted.network()
    planted.record(checked=True)
    planted.off_page()
    return planted


def found(aws: Aws, event: str) -> dict[str, list[Resource]]:
    return {type_.name: list(type_.find(event_context(aws, event))) for type_ in TYPES}


def test_each_part_is_found_with_what_it_costs(own: Garden, aws: Aws) -> None:
    parts = found(aws, "paged")

    assert {(type_, it.id) for type_, those in parts.items() for it in those} <= own.planted
    assert [len(those) for those in parts.values()] == [1] * len(TYPES)
    assert {it.usd_a_month for those in parts.values() for it in those} == {Decimal(0), Decimal("0.50")}


def test_its_two_records_are_found_beside_the_machine_s(own: Garden, aws: Aws) -> None:
    records = [it for it in find(event_context(aws, "paged")).left if it.type == "record"]

    assert sorted(it.note.split(" ")[0] for it in records) == ["proves", "→", "→"]
    assert all(it in removable(find(event_context(aws, "paged"))) for it in records)


def test_another_event_s_parts_are_not_its_own(own: Garden, aws: Aws) -> None:
    assert not any(found(aws, "page").values())


def test_what_has_no_tag_is_told_and_stays(lab_aws: LabAws, aws: Aws) -> None:
    planted = Garden(lab_aws, "untagged", None)
    planted.network()
    planted.off_page()
    parts = found(aws, "untagged")

    assert {type_ for type_, those in parts.items() if those} == {"function", "API domain", "API"}
    assert all(it.doubtful for those in parts.values() for it in those)
