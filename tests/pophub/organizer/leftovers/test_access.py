"""Records, parameters and roles: only those that are this event's."""

from __future__ import annotations

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.organizer.leftovers.access import ACCESS, RECORDS
from pophub.organizer.leftovers.leftovers import remove
from tests.pophub.planted import ZONE, Garden, scope_of

KINDS = {kind.name: kind for kind in (*RECORDS, *ACCESS)}


def _found(kind: str, aws: Aws, event: str) -> list[str]:
    return [thing.id for thing in KINDS[kind].find(scope_of(aws, event))]


def test_a_record_that_leads_nowhere_any_more_is_found_by_its_name(lab_aws: LabAws, aws: Aws) -> None:
    Garden(lab_aws, "dangling", "dangling").record(to="203.0.113.7")

    [record] = KINDS["record"].find(scope_of(aws, "dangling"))

    # the address may be an event's in another region
    assert (record.id, record.doubtful) == (f"dangling.{ZONE}.", True)


def test_a_record_that_leads_to_our_address_is_found_whatever_its_name(lab_aws: LabAws, aws: Aws) -> None:
    garden = Garden(lab_aws, "renamed", "renamed")
    garden.network()
    garden.record(domain=f"earlier.{ZONE}")

    [record] = KINDS["record"].find(scope_of(aws, "renamed"))

    assert (record.id, record.doubtful) == (f"earlier.{ZONE}.", False)


def test_a_record_that_leads_to_somebody_elses_address_too_is_doubtful(lab_aws: LabAws, aws: Aws) -> None:
    garden = Garden(lab_aws, "shared", "shared")
    garden.network()
    garden.record(to=garden.public_ip, also="203.0.113.9")

    [record] = KINDS["record"].find(scope_of(aws, "shared"))

    assert record.doubtful


def test_a_name_that_leads_to_the_next_event_is_not_ours(lab_aws: LabAws, aws: Aws) -> None:
    new = Garden(lab_aws, "new", "new")
    new.network()
    new.record(domain=f"old.{ZONE}")

    assert _found("record", aws, "old") == []


def test_a_record_that_somebody_made_by_hand_is_not_ours(lab_aws: LabAws, aws: Aws) -> None:
    Garden(lab_aws, "by-hand", None).record(to="203.0.113.8", seconds=300)

    assert _found("record", aws, "by-hand") == []


@pytest.mark.parametrize("kind", ["parameter", "instance profile", "role", "policy"])
def test_a_neighbour_with_a_longer_name_keeps_its_own(lab_aws: LabAws, aws: Aws, kind: str) -> None:
    event = f"cat-{kind[:2]}"
    for name in (event, f"{event}-hub"):
        Garden(lab_aws, name, None).access()
    mine, theirs = set(_found(kind, aws, event)), set(_found(kind, aws, f"{event}-hub"))

    each = {"parameter": 2, "instance profile": 1, "role": 3, "policy": 1}[kind]
    assert (len(mine), len(theirs)) == (each, each)
    assert not mine & theirs


def test_a_policy_goes_though_somebody_attached_it_elsewhere_and_it_has_older_versions(
    lab_aws: LabAws, aws: Aws
) -> None:
    Garden(lab_aws, "attached", "attached").access()
    scope = scope_of(aws, "attached")
    [policy] = KINDS["policy"].find(scope)

    assert remove(scope, [policy]) == ()
    assert _found("policy", aws, "attached") == []
    assert len(_found("role", aws, "attached")) == 3
