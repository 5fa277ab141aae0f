"""Disks at an event's machine, and snapshots, that a person created without the event's tag: listed, never removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.core.contract import ARCHIVE, EVENT_TAG
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers import costs
from pophub.organizer.leftovers.machines import tagged
from pophub.organizer.leftovers.resource import Resource, ResourceType, tag_map

# the maximum number of values in a filter:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
AT_ONCE = 200


def _snapshots(context: EventContext) -> Iterator[Resource]:
    """Snapshots of the event's disks: existing ones, those that it left a snapshot of, and those with an archive."""
    disks = sorted({*_own(context), *_attached(context), *_archived(context)})
    for first in range(0, len(disks), AT_ONCE):
        of_these = [{"Name": "volume-id", "Values": disks[first : first + AT_ONCE]}]
        for entry in context.all("ec2", "describe_snapshots", "Snapshots[]", OwnerIds=["self"], Filters=of_these):
            if EVENT_TAG not in tag_map(entry.get("Tags")):
                note = f"of {entry['VolumeId']}, {entry['VolumeSize']} GiB, so at most"
                yield _untagged("snapshot", entry["SnapshotId"], entry, note, context)


def _volumes(context: EventContext) -> Iterator[Resource]:
    """Volumes at the event's machine that remain when it is terminated."""
    attached = _attached(context)
    if not attached:
        return
    for entry in context.all("ec2", "describe_volumes", "Volumes[]", VolumeIds=sorted(attached)):
        if EVENT_TAG not in tag_map(entry.get("Tags")):
            note = f"{entry['Size']} GiB, at {attached[entry['VolumeId']]}"
            yield _untagged("volume", entry["VolumeId"], entry, note, context)


def _untagged(type_: str, id_: str, entry: Mapping[str, Any], note: str, context: EventContext) -> Resource:
    """Doubtful, because only the person who created it knows what it holds: a destroy neither waits for it nor removes it."""
    cost = costs.of_snapshot if type_ == "snapshot" else costs.of_volume
    disk = str(entry["VolumeId"])
    return Resource(type_, id_, cost(entry, context.region), note, disk=disk, doubtful=True)


def _own(context: EventContext) -> set[str]:
    volumes = {str(entry["VolumeId"]) for entry in tagged(context, "describe_volumes", "Volumes[]")}
    return volumes | {str(entry["VolumeId"]) for entry in tagged(context, "describe_snapshots", "Snapshots[]")}


def _attached(context: EventContext) -> dict[str, str]:
    """The volumes that are not deleted with their machine, and that machine's id."""
    return {
        str(disk["Ebs"]["VolumeId"]): str(machine["InstanceId"])
        for machine in tagged(context, "describe_instances", "Reservations[].Instances[]")
        for disk in machine.get("BlockDeviceMappings", ())
        if machine["State"]["Name"] != "terminated" and not disk["Ebs"].get("DeleteOnTermination")
    }


def _archived(context: EventContext) -> set[str]:
    where = {"Bucket": context.bucket, "Prefix": f"{ARCHIVE}/{context.event}/", "Delimiter": "/"}
    try:
        folders = context.aws.pages("s3", context.bucket_region, "list_objects_v2", "CommonPrefixes[].Prefix", **where)
        names = {str(it).split("/")[2] for it in folders}
    except AwsRefusal as refusal:
        if refusal.aws_code == "NoSuchBucket":
            return set()
        raise
    return {it for it in names if it.startswith("vol-")}


UNTAGGED_DISKS = (ResourceType("volume", _volumes), ResourceType("snapshot", _snapshots))
