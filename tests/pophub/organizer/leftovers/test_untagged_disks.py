"""What somebody made by hand of an event's disks, or hung at its machine: found without a tag, told, and never removed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.contract import ARCHIVE, EVENT_TAG, FINAL_FILE
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.leftovers import find, removable
from pophub.organizer.leftovers.render import as_line
from pophub.organizer.leftovers.resource import Resource
from pophub.organizer.leftovers.untagged_disks import UNTAGGED_DISKS
from tests.pophub.planted import BUCKET, REGION, Garden, event_context


def found(context: EventContext) -> list[Resource]:
    return [resource for type_ in UNTAGGED_DISKS for resource in type_.find(context)]


@pytest.fixture
def garden(lab_aws: LabAws, request: pytest.FixtureRequest) -> Garden:
    name = f"hands-{abs(hash(request.node.name)) % 10**6}"
    garden = Garden(lab_aws, name, name)
    garden.network()
    garden.disks()
    return garden


@pytest.fixture
def context(garden: Garden, aws: Aws) -> EventContext:
    return event_context(aws, garden.name.removeprefix("pophub-"))


def one(garden: Garden, type_: str) -> str:
    return next(id_ for its, id_ in garden.planted if its == type_)


def test_a_snapshot_that_somebody_made_of_the_disk_is_told_with_its_price_and_stays(
    garden: Garden, context: EventContext, lab_aws: LabAws
) -> None:
    assert found(context) == []
    disk = one(garden, "volume")
    made = lab_aws.client("ec2", REGION).create_snapshot(VolumeId=disk)["SnapshotId"]
    [resource] = found(context)

    assert (resource.type, resource.id, resource.doubtful, resource.usd_a_month) == (
        "snapshot",
        made,
        True,
        Decimal("5.00"),
    )
    assert f"of {disk}" in as_line(resource)
    assert "stays, because no tag says that it is this event's" in as_line(resource)
    everything = find(context)
    assert resource in everything.left
    assert resource not in removable(everything, lambda _: True)


def copied_and_lost(garden: Garden, lab_aws: LabAws) -> tuple[str, str]:
    """A disk that is gone, and the snapshot that somebody had made of it."""
    ec2, disk = lab_aws.client("ec2", REGION), one(garden, "volume")
    made = ec2.create_snapshot(VolumeId=disk)["SnapshotId"]
    ec2.delete_volume(VolumeId=disk)
    return disk, made


def test_also_once_the_disk_itself_is_gone_and_only_its_archive_tells_of_it(
    garden: Garden, context: EventContext, lab_aws: LabAws
) -> None:
    disk, made = copied_and_lost(garden, lab_aws)
    lab_aws.client("ec2", REGION).delete_snapshot(SnapshotId=one(garden, "snapshot"))
    assert found(context) == []
    lab_aws.client("s3", REGION).put_object(Bucket=BUCKET, Key=f"{ARCHIVE}/{context.event}/{disk}/{FINAL_FILE}")

    assert [resource.id for resource in found(context)] == [made]
    assert found(replace(context, bucket="no-such-bucket-of-anybody")) == []


def test_also_where_nothing_was_archived_and_the_last_snapshot_alone_tells_of_the_disk(
    garden: Garden, context: EventContext, lab_aws: LabAws
) -> None:
    _, made = copied_and_lost(garden, lab_aws)

    assert [resource.id for resource in found(context)] == [made]


def test_a_disk_that_somebody_hung_at_the_machine_is_told_and_the_machine_s_own_is_not(
    garden: Garden, context: EventContext, lab_aws: LabAws
) -> None:
    ec2, machine = lab_aws.client("ec2", REGION), one(garden, "instance")
    zone = ec2.describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"][0]["Placement"]
    extra = ec2.create_volume(AvailabilityZone=zone["AvailabilityZone"], Size=100, VolumeType="gp3")["VolumeId"]
    ec2.attach_volume(VolumeId=extra, InstanceId=machine, Device="/dev/sdz")
    [resource] = found(context)

    assert (resource.type, resource.id, resource.note) == ("volume", extra, f"100 GiB, at {machine}")
    # another event's is that one's
    ec2.create_tags(Resources=[extra], Tags=[{"Key": EVENT_TAG, "Value": "another"}])
    assert found(context) == []
