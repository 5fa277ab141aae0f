"""Machines, disks and addresses: what is told of each, and which of them hold people's work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.contract import EVENT_TAG
from pophub.organizer.leftovers.leftovers import find, remove
from pophub.organizer.leftovers.machines import MACHINES
from pophub.organizer.leftovers.resource import Resource, ResourceType
from tests.pophub.planted import REGION, Garden, event_context

RESOURCE_TYPES: dict[str, ResourceType] = {type_.name: type_ for type_ in MACHINES}


@pytest.fixture(scope="module")
def machine(lab_aws: LabAws) -> Garden:
    garden = Garden(lab_aws, "machines", "machines")
    garden.network()
    garden.disks()
    return garden


def _found(type_: str, aws: Aws) -> list[Resource]:
    return list(RESOURCE_TYPES[type_].find(event_context(aws, "machines")))


def test_a_snapshot_is_to_be_removed_when_its_archive_days_after_the_event_are_over(machine: Garden, aws: Aws) -> None:
    [snapshot] = _found("snapshot", aws)

    assert (snapshot.holds_work, snapshot.usd_a_month) == (True, Decimal("5.00"))
    # the event ends on 2027-03-12, and its archive is kept for 90 days
    assert snapshot.remove_by == date(2027, 6, 10)


def test_the_home_volume_holds_work_and_the_machine_s_own_disk_does_not(
    machine: Garden, lab_aws: LabAws, aws: Aws
) -> None:
    ec2 = lab_aws.client("ec2", REGION)
    [instance] = [id_ for type_, id_ in machine.planted if type_ == "instance"]
    own = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    system = own["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    ec2.create_tags(Resources=[system], Tags=[{"Key": EVENT_TAG, "Value": "machines"}])

    assert {resource.id: resource.holds_work for resource in _found("volume", aws)} == {
        system: False,
        **{id_: True for type_, id_ in machine.planted if type_ == "volume"},
    }


def test_a_machine_says_its_type_and_whether_it_runs(machine: Garden, aws: Aws) -> None:
    assert [resource.note for resource in _found("instance", aws)] == ["m7i.large, running"]


@pytest.mark.parametrize("accounts", [True, False])
def test_a_machine_holds_work_where_accounts_may_have_homes_on_its_own_disk(
    machine: Garden, aws: Aws, accounts: bool
) -> None:
    [instance] = RESOURCE_TYPES["instance"].find(replace(event_context(aws, "machines"), accounts=accounts))

    assert (instance.holds_work, instance.disk) == (accounts, instance.id)


def test_an_address_is_told_by_its_number(machine: Garden, aws: Aws) -> None:
    assert [resource.note for resource in _found("address", aws)] == [machine.public_ip]


def test_an_address_goes_though_it_was_let_go_of_since_it_was_found(lab_aws: LabAws, aws: Aws) -> None:
    garden = Garden(lab_aws, "let-go", "let-go")
    garden.network()
    context = event_context(aws, "let-go")
    [address] = RESOURCE_TYPES["address"].find(context)
    garden.client("ec2").disassociate_address(AssociationId=address.entry["AssociationId"])

    assert remove(context, (address,)) == ()
    assert list(RESOURCE_TYPES["address"].find(context)) == []


def test_a_terminated_machine_is_nothing_left(lab_aws: LabAws, aws: Aws) -> None:
    Garden(lab_aws, "ended", "ended").network()
    context = event_context(aws, "ended")
    remove(context, tuple(RESOURCE_TYPES["instance"].find(context)))

    assert list(RESOURCE_TYPES["instance"].find(context)) == []
    assert "instance" not in {resource.type for resource in find(context).left}
