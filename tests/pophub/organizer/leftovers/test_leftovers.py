"""Everything of an event is found and only that is removed, whatever lies beside it and whatever AWS does not show."""

from __future__ import annotations

import pytest

from lab.aws import LabAws
from lab.inventory import take_inventory
from pophub.aws.client import Aws, AwsRefusal
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.leftovers.in_the_way import GUARDDUTY, STRANGERS
from pophub.organizer.leftovers.leftovers import RESOURCE_TYPES, find, removable, remove
from pophub.organizer.leftovers.resource import Findings, Resource
from tests.pophub.planted import REGION, Forbidden, Garden, event_context

# what the lab shows at once
PAGES = {"log group": 50, "parameter": 50, "role": 100, "topic": 100}


def everything(resource: Resource) -> bool:
    return True


def names(findings: Findings) -> set[tuple[str, str]]:
    return {(resource.type, resource.id) for resource in findings.left}


@pytest.fixture(scope="module")
def garden(lab_aws: LabAws) -> Garden:
    """`geo`'s own resources between those of others: its neighbours in the alphabet, and look-alikes without a tag."""
    Garden(lab_aws, "geo-hub", "geo-hub").everything()
    Garden(lab_aws, "ge", "ge").everything()
    look_alike = Garden(lab_aws, "geology", None)
    look_alike.everything()
    # named as ours would be, and tagged for another
    Garden(lab_aws, "geo", "geo-two", name="pophub-geo-by-another").guards()
    return Garden(lab_aws, "geo", "geo").everything()


def test_everything_of_the_event_is_found_and_nothing_else(garden: Garden, aws: Aws) -> None:
    findings = find(event_context(aws, "geo"))

    # the instance's own disk carries no tag in the lab, and goes with it
    assert names(findings) == garden.planted
    assert findings.unseen == ()
    strangers = {type_.name for type_ in (*GUARDDUTY, STRANGERS)}
    assert {type_.name for type_ in RESOURCE_TYPES} - {type_ for type_, _ in garden.planted} == strangers


@pytest.fixture
def removed(lab_aws: LabAws, garden: Garden, aws: Aws) -> tuple[frozenset[tuple[str, str]], Garden]:
    """Everything there is, before one more event is planted and removed again."""
    before = take_inventory(lab_aws, REGION)
    planted = Garden(lab_aws, "gone", "gone").everything()
    context = event_context(aws, "gone")
    assert remove(context, removable(find(context), everything)) == ()
    return before, planted


def test_what_is_ours_goes_and_all_else_stays(
    removed: tuple[frozenset[tuple[str, str]], Garden], lab_aws: LabAws, aws: Aws
) -> None:
    before, planted = removed

    assert len(planted.planted) > 20
    assert take_inventory(lab_aws, REGION) == before
    assert find(event_context(aws, "gone")).is_clean


def test_what_holds_people_s_work_stays_until_it_is_archived(garden: Garden, aws: Aws) -> None:
    findings = find(event_context(aws, "geo"))
    kept = {resource.type for resource in findings.left} - {resource.type for resource in removable(findings)}

    assert kept == {"volume", "snapshot"}
    assert removable(findings, everything) == findings.left


def test_what_only_its_name_says_to_be_ours_is_told_and_stays(lab_aws: LabAws, aws: Aws) -> None:
    planted = Garden(lab_aws, "namesake", None)
    planted.guards()
    planted.access()
    planted.record(to="203.0.113.9")
    findings = find(event_context(aws, "namesake"))

    assert {resource.type for resource in findings.left} >= {
        "budget",
        "budget action",
        "topic",
        "role",
        "parameter",
        "record",
    }
    assert {resource.type for resource in findings.left} >= {"log group", "alarm", "schedule", "instance profile"}
    assert removable(findings, everything) == ()


def test_removing_what_is_gone_already_is_fine(lab_aws: LabAws, aws: Aws) -> None:
    planted = Garden(lab_aws, "twice", "twice")
    planted.network()
    planted.access()
    context = event_context(aws, "twice")
    resources = removable(find(context))

    assert [remove(context, resources), remove(context, resources)] == [(), ()]
    assert find(context).is_clean


def test_a_refused_removal_is_told_and_the_others_go_on(lab_aws: LabAws, aws: Aws) -> None:
    planted = Garden(lab_aws, "stuck", "stuck")
    planted.guards()
    planted.access()
    context = event_context(Forbidden("DeleteTopic"), "stuck")
    [(resource, reason)] = remove(context, removable(find(context)))

    assert (resource.type, "AccessDenied: not DeleteTopic" in reason) == ("topic", True)
    assert [resource.type for resource in find(context).left] == ["topic"]


def test_what_aws_does_not_show_is_unknown_and_not_nothing(aws: Aws) -> None:
    findings = find(event_context(Forbidden("ListRoles", "DescribeVolumes"), "never-was"))

    assert findings.left == ()
    assert [unseen.type for unseen in findings.unseen] == ["volume", "snapshot", "role"], "nor the disks' copies"
    assert "AccessDenied: not ListRoles" in findings.unseen[-1].reason
    assert not findings.is_clean


def test_credentials_that_expire_end_the_search(aws: Aws) -> None:
    with pytest.raises(PophubError, match="credentials have expired") as refused:
        find(event_context(Forbidden("ListRoles", code="ExpiredToken"), "geo"))

    assert (refused.value.code, isinstance(refused.value, AwsRefusal)) == (ExitCode.REFUSED, False)


def test_every_page_is_read(lab_aws: LabAws, aws: Aws) -> None:
    """More than one page of each listing whose pages the lab has."""
    garden = Garden(lab_aws, "many", "many")
    for type_, count in PAGES.items():
        for number in range(count + 1):
            garden.one(type_, number)
    found = {(resource.type, resource.id) for resource in find(event_context(aws, "many")).left}

    assert found == garden.planted
