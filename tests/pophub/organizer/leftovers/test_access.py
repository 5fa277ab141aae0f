"""Records, parameters and roles: only those that are this event's."""

from __future__ import annotations

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.organizer.leftovers.access import ACCESS, RECORDS
from pophub.organizer.leftovers.leftovers import remove
from tests.pophub.planted import ZONE, Garden, event_context

RESOURCE_TYPES = {type_.name: type_ for type_ in (*RECORDS, *ACCESS)}


def _found(type_: str, aws: Aws, event: str) -> list[str]:
    return [resource.id for resource in RESOURCE_TYPES[type_].find(event_context(aws, event))]


def test_a_record_that_leads_nowhere_any_more_is_found_by_its_name(lab_aws: LabAws, aws: Aws) -> None:
    Garden(lab_aws, "dangling", "dangling").record(to="203.0.113.7")

    [record] = RESOURCE_TYPES["record"].find(event_context(aws, "dangling"))

    # the address may be an event's in another region
    assert (record.id, record.doubtful) == (f"dangling.{ZONE}.", True)


def test_a_record_that_leads_to_our_address_is_found_whatever_its_name(lab_aws: LabAws, aws: Aws) -> None:
    garden = Garden(lab_aws, "renamed", "renamed")
    garden.network()
    garden.record(domain=f"earlier.{ZONE}")

    [record] = RESOURCE_TYPES["record"].find(event_context(aws, "renamed"))

    assert (record.id, record.doubtful) == (f"earlier.{ZONE}.", False)


def test_a_record_that_leads_to_somebody_elses_address_too_is_doubtful(lab_aws: LabAws, aws: Aws) -> None:
    garden = Garden(lab_aws, "shared", "shared")
    garden.network()
    garden.record(to=garden.public_ip, also="203.0.113.9")

    [record] = RESOURCE_TYPES["record"].find(event_context(aws, "shared"))

    assert record.doubtful


def test_a_name_that_leads_to_the_next_event_is_not_ours(lab_aws: LabAws, aws: Aws) -> None:
    new = Garden(lab_aws, "new", "new")
    new.network()
    new.record(domain=f"old.{ZONE}")

    assert _found("record", aws, "old") == []


def test_a_record_that_somebody_made_by_hand_is_not_ours(lab_aws: LabAws, aws: Aws) -> None:
    Garden(lab_aws, "by-hand", None).record(to="203.0.113.8", seconds=300)

    assert _found("record", aws, "by-hand") == []


@pytest.mark.parametrize("type_", ["parameter", "instance profile", "role", "policy"])
def test_a_neighbour_with_a_longer_name_keeps_its_own(lab_aws: LabAws, aws: Aws, type_: str) -> None:
    event = f"cat-{type_[:2]}"
    for name in (event, f"{event}-hub"):
        Garden(lab_aws, name, None).access()
    mine, theirs = set(_found(type_, aws, event)), set(_found(type_, aws, f"{event}-hub"))

    each = {"parameter": 2, "instance profile": 1, "role": 3, "policy": 1}[type_]
    assert (len(mine), len(theirs)) == (each, each)
    assert not mine & theirs


def test_a_policy_goes_though_somebody_attached_it_elsewhere_and_it_has_older_versions(
    lab_aws: LabAws, aws: Aws
) -> None:
    Garden(lab_aws, "attached", "attached").access()
    context = event_context(aws, "attached")
    [policy] = RESOURCE_TYPES["policy"].find(context)

    assert remove(context, [policy]) == ()
    assert _found("policy", aws, "attached") == []
    assert len(_found("role", aws, "attached")) == 3
