"""Everything of an event is found and only that is removed, whatever lies beside it and whatever AWS does not show."""

from __future__ import annotations

import pytest

from lab.aws import LabAws
from lab.inventory import take_inventory
from pophub.aws.client import Aws, AwsRefusal
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.leftovers.in_the_way import GUARDDUTY, STRANGERS
from pophub.organizer.leftovers.leftovers import KINDS, find, removable, remove
from pophub.organizer.leftovers.thing import Findings, Thing
from tests.pophub.planted import REGION, Forbidden, Garden, scope_of

# what the lab shows at once
PAGES = {"log group": 50, "parameter": 50, "role": 100, "topic": 100}


def everything(thing: Thing) -> bool:
    return True


def names(findings: Findings) -> set[tuple[str, str]]:
    return {(thing.kind, thing.id) for thing in findings.left}


@pytest.fixture(scope="module")
def garden(lab_aws: LabAws) -> Garden:
    """`geo`'s own things between those of others: its neighbours in the alphabet, and look-alikes without a tag."""
    Garden(lab_aws, "geo-hub", "geo-hub").everything()
    Garden(lab_aws, "ge", "ge").everything()
    look_alike = Garden(lab_aws, "geology", None)
    look_alike.everything()
    # named as ours would be, and tagged for another
    Garden(lab_aws, "geo", "geo-two", name="pophub-geo-by-another").guards()
    return Garden(lab_aws, "geo", "geo").everything()


def test_everything_of_the_event_is_found_and_nothing_else(garden: Garden, aws: Aws) -> None:
    findings = find(scope_of(aws, "geo"))

    # the instance's own disk carries no tag in the lab, and goes with it
    assert names(findings) == garden.planted
    assert findings.unseen == ()
    strangers = {kind.name for kind in (*GUARDDUTY, STRANGERS)}
    assert {kind.name for kind in KINDS} - {kind for kind, _ in garden.planted} == strangers


@pytest.fixture
def removed(lab_aws: LabAws, garden: Garden, aws: Aws) -> tuple[frozenset[tuple[str, str]], Garden]:
    """Everything there is, before one more event is planted and removed again."""
    before = take_inventory(lab_aws, REGION)
    planted = Garden(lab_aws, "gone", "gone").everything()
    scope = scope_of(aws, "gone")
    assert remove(scope, removable(find(scope), everything)) == ()
    return before, planted


def test_what_is_ours_goes_and_all_else_stays(
    removed: tuple[frozenset[tuple[str, str]], Garden], lab_aws: LabAws, aws: Aws
) -> None:
    before, planted = removed

    assert len(planted.planted) > 20
    assert take_inventory(lab_aws, REGION) == before
    assert find(scope_of(aws, "gone")).is_clean


def test_what_holds_people_s_work_stays_until_it_is_archived(garden: Garden, aws: Aws) -> None:
    findings = find(scope_of(aws, "geo"))
    kept = {thing.kind for thing in findings.left} - {thing.kind for thing in removable(findings)}

    assert kept == {"volume", "snapshot"}
    assert removable(findings, everything) == findings.left


def test_what_only_its_name_says_to_be_ours_is_told_and_stays(lab_aws: LabAws, aws: Aws) -> None:
    planted = Garden(lab_aws, "namesake", None)
    planted.guards()
    planted.access()
    planted.record(to="203.0.113.9")
    findings = find(scope_of(aws, "namesake"))

    assert {thing.kind for thing in findings.left} >= {
        "budget",
        "budget action",
        "topic",
        "role",
        "parameter",
        "record",
    }
    assert {thing.kind for thing in findings.left} >= {"log group", "alarm", "schedule", "instance profile"}
    assert removable(findings, everything) == ()


def test_removing_what_is_gone_already_is_fine(lab_aws: LabAws, aws: Aws) -> None:
    planted = Garden(lab_aws, "twice", "twice")
    planted.network()
    planted.access()
    scope = scope_of(aws, "twice")
    things = removable(find(scope))

    assert [remove(scope, things), remove(scope, things)] == [(), ()]
    assert find(scope).is_clean


def test_a_refused_removal_is_told_and_the_others_go_on(lab_aws: LabAws, aws: Aws) -> None:
    planted = Garden(lab_aws, "stuck", "stuck")
    planted.guards()
    planted.access()
    scope = scope_of(Forbidden("DeleteTopic"), "stuck")
    [(thing, reason)] = remove(scope, removable(find(scope)))

    assert (thing.kind, "AccessDenied: not DeleteTopic" in reason) == ("topic", True)
    assert [thing.kind for thing in find(scope).left] == ["topic"]


def test_what_aws_does_not_show_is_unknown_and_not_nothing(aws: Aws) -> None:
    findings = find(scope_of(Forbidden("ListRoles", "DescribeVolumes"), "never-was"))

    assert findings.left == ()
    assert [unseen.kind for unseen in findings.unseen] == ["volume", "snapshot", "role"], "nor the disks' copies"
    assert "AccessDenied: not ListRoles" in findings.unseen[-1].reason
    assert not findings.is_clean


def test_credentials_that_expire_end_the_search(aws: Aws) -> None:
    with pytest.raises(PophubError, match="credentials have expired") as refused:
        find(scope_of(Forbidden("ListRoles", code="ExpiredToken"), "geo"))

    assert (refused.value.code, isinstance(refused.value, AwsRefusal)) == (ExitCode.REFUSED, False)


def test_every_page_is_read(lab_aws: LabAws, aws: Aws) -> None:
    """More than one page of each listing whose pages the lab has."""
    garden = Garden(lab_aws, "many", "many")
    for kind, count in PAGES.items():
        for number in range(count + 1):
            garden.one(kind, number)
    found = {(thing.kind, thing.id) for thing in find(scope_of(aws, "many")).left}

    assert found == garden.planted
