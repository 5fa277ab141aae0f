"""What workers leave: the group goes first, with workers that the hub protects, and no worker holds people's work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.aws import LabAws
from lab.inventory import take_inventory
from pophub.aws.client import Aws
from pophub.aws.instances import workers
from pophub.organizer.leftovers.leftovers import find, removable, remove
from pophub.organizer.leftovers.machines import MACHINES
from pophub.organizer.leftovers.workers import LOOKS, WORKERS, end_workers
from tests.pophub.planted import REGION, Garden, event_context

TYPES = {type_.name: type_ for type_ in (*WORKERS, *MACHINES)}


@pytest.fixture(scope="module")
def garden(lab_aws: LabAws) -> Garden:
    found = Garden(lab_aws, "crowd", "crowd")
    found.network()
    found.workers()
    return found


def test_a_group_says_how_many_it_wants_and_costs_nothing_itself(garden: Garden, aws: Aws) -> None:
    [group] = TYPES["Auto Scaling group"].find(event_context(aws, "crowd"))

    assert (group.id, group.note, group.usd_a_month) == ("pophub-crowd-workers", "1 wanted", 0)


def test_a_worker_holds_no_work_even_where_accounts_have_homes_on_the_hub_s_own_disk(garden: Garden, aws: Aws) -> None:
    context = replace(event_context(aws, "crowd"), accounts=True)
    [worker] = [
        each["InstanceId"]
        for each in garden.client("autoscaling").describe_auto_scaling_instances()["AutoScalingInstances"]
        if each["AutoScalingGroupName"] == "pophub-crowd-workers"
    ]

    assert {it.id: it.holds_work for it in TYPES["instance"].find(context)}[worker] is False


def test_a_group_s_own_spot_request_is_known_by_its_instance(garden: Garden, aws: Aws) -> None:
    [request] = TYPES["spot request"].find(event_context(aws, "crowd"))
    garden.client("ec2").delete_tags(Resources=[request.id], Tags=[{"Key": "pophub:event"}])

    assert [it.id for it in TYPES["spot request"].find(event_context(aws, "crowd"))] == [request.id]


def test_a_group_without_a_tag_that_only_has_the_name_stays(lab_aws: LabAws, aws: Aws) -> None:
    planted = Garden(lab_aws, "like-it", None)
    planted.network()
    planted.workers()
    [group] = TYPES["Auto Scaling group"].find(event_context(aws, "like-it"))

    assert group.doubtful


def test_a_group_that_was_half_made_goes_and_nothing_is_left(lab_aws: LabAws, aws: Aws) -> None:
    """Its template is gone, as after a destroy that was interrupted; the worker is protected and still runs."""
    before = take_inventory(lab_aws, REGION)
    planted = Garden(lab_aws, "half", "half")
    planted.network()
    planted.workers()
    planted.client("ec2").delete_launch_template(LaunchTemplateName="pophub-half-workers")
    context = event_context(aws, "half")

    assert remove(context, removable(find(context), lambda resource: True)) == ()
    assert take_inventory(lab_aws, REGION) == before
    assert find(context).is_clean


def test_a_group_that_terraform_does_not_know_ends_with_its_workers_before_their_network(
    lab_aws: LabAws, aws: Aws
) -> None:
    planted = Garden(lab_aws, "unknown", "unknown")
    planted.network()
    planted.workers()
    context, said = event_context(aws, "unknown"), list[str]()
    end_workers(context, said.append, pause=lambda seconds: pytest.fail("the lab's machines end at once"))

    assert said == ["ending pophub-unknown-workers with its workers, for at most 10 min"]
    assert list(TYPES["Auto Scaling group"].find(context)) == []
    assert workers(aws, REGION, "unknown") == []
    end_workers(context, said.append)
    assert len(said) == 1


def test_workers_that_do_not_end_are_waited_for_only_so_long(
    lab_aws: LabAws, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Garden(lab_aws, "slow", "slow")
    planted.network()
    planted.workers()
    monkeypatch.setattr("pophub.organizer.leftovers.workers._is_worker_alive", lambda entry: True)
    waits = list[float]()
    end_workers(event_context(aws, "slow"), lambda line: None, waits.append)

    assert len(waits) == LOOKS
