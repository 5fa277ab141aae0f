"""An event's machines, disks and addresses: how they are found, their price, their removal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.core.contract import ENDS_TAG, EVENT_TAG, HOME_DEVICE
from pophub.organizer.leftovers import costs
from pophub.organizer.leftovers.thing import FREE, Kind, Scope, Thing, is_gone, tag_map

Cost = Callable[[Mapping[str, Any], str], Decimal | None]


def tagged(scope: Scope, operation: str, entries: str) -> Iterator[Mapping[str, Any]]:
    """Resources that EC2 lists by the event's tag; unlike the tag index, EC2 drops deleted ones at once."""
    ours = [{"Name": f"tag:{EVENT_TAG}", "Values": [scope.event]}]
    return scope.all("ec2", operation, entries, Filters=ours)


def _instances(scope: Scope) -> Iterator[Thing]:
    for entry in tagged(scope, "describe_instances", "Reservations[].Instances[]"):
        if entry["State"]["Name"] != "terminated":
            yield Thing(
                "instance",
                entry["InstanceId"],
                costs.of_instance(entry, scope.region),
                f"{entry['InstanceType']}, {entry['State']['Name']}",
                holds_work=scope.accounts,
                disk=home_disk(entry),
            )


def home_disk(instance: Mapping[str, Any]) -> str:
    """The volume with the homes of an instance; the instance's id if it has none, and the homes are on its own disk."""
    disks = (it for it in instance.get("BlockDeviceMappings", ()) if it["DeviceName"] == HOME_DEVICE)
    return next((str(it["Ebs"]["VolumeId"]) for it in disks), str(instance["InstanceId"]))


def _terminate(scope: Scope, thing: Thing) -> None:
    scope.call("ec2", "terminate_instances", InstanceIds=[thing.id])
    scope.aws.wait("ec2", scope.region, "instance_terminated", InstanceIds=[thing.id])


def _volumes(scope: Scope) -> Iterator[Thing]:
    for entry in tagged(scope, "describe_volumes", "Volumes[]"):
        name = tag_map(entry.get("Tags")).get("Name", "")
        goes_with_its_instance = any(held.get("DeleteOnTermination") for held in entry.get("Attachments", ()))
        yield Thing(
            "volume",
            entry["VolumeId"],
            costs.of_volume(entry, scope.region),
            f"{entry['Size']} GiB, {name}".rstrip(", "),
            holds_work=not goes_with_its_instance,
            disk=entry["VolumeId"],
            entry=entry,
        )


def home_disks(scope: Scope) -> list[Thing]:
    """The disks that hold participants' files."""
    return [thing for thing in _volumes(scope) if thing.holds_work]


def _delete_volume(scope: Scope, thing: Thing) -> None:
    scope.aws.wait("ec2", scope.region, "volume_available", VolumeIds=[thing.id])
    scope.call("ec2", "delete_volume", VolumeId=thing.id)


def _snapshots(scope: Scope) -> Iterator[Thing]:
    ours = [{"Name": f"tag:{EVENT_TAG}", "Values": [scope.event]}]
    for entry in scope.all("ec2", "describe_snapshots", "Snapshots[]", OwnerIds=["self"], Filters=ours):
        ends = tag_map(entry.get("Tags")).get(ENDS_TAG)
        since = date.fromisoformat(ends) if ends else entry["StartTime"].date()
        yield Thing(
            "snapshot",
            entry["SnapshotId"],
            costs.of_snapshot(entry, scope.region),
            f"{entry['VolumeSize']} GiB, so at most",
            holds_work=True,
            remove_by=since + timedelta(days=scope.archive_days),
            disk=entry["VolumeId"],
            since=entry["StartTime"],
        )


def _delete_snapshot(scope: Scope, thing: Thing) -> None:
    scope.call("ec2", "delete_snapshot", SnapshotId=thing.id)


def _addresses(scope: Scope) -> Iterator[Thing]:
    # describe_addresses returns no pages
    ours = [{"Name": f"tag:{EVENT_TAG}", "Values": [scope.event]}]
    for entry in scope.call("ec2", "describe_addresses", Filters=ours)["Addresses"]:
        cost = costs.of_address(entry, scope.region)
        yield Thing("address", entry["AllocationId"], cost, entry["PublicIp"], entry=entry)


def _release(scope: Scope, thing: Thing) -> None:
    if association := thing.entry.get("AssociationId"):
        try:
            scope.call("ec2", "disassociate_address", AssociationId=association)
        except AwsRefusal as refusal:
            # the association ended when its machine was terminated
            if not is_gone(refusal):
                raise
    scope.call("ec2", "release_address", AllocationId=thing.id)


def _interfaces(scope: Scope) -> Iterator[Thing]:
    for entry in tagged(scope, "describe_network_interfaces", "NetworkInterfaces[]"):
        yield Thing("interface", entry["NetworkInterfaceId"], FREE, entry.get("Description", ""))


def _delete_interface(scope: Scope, thing: Thing) -> None:
    scope.aws.wait("ec2", scope.region, "network_interface_available", NetworkInterfaceIds=[thing.id])
    scope.call("ec2", "delete_network_interface", NetworkInterfaceId=thing.id)


def _launch_templates(scope: Scope) -> Iterator[Thing]:
    for entry in tagged(scope, "describe_launch_templates", "LaunchTemplates[]"):
        yield Thing("launch template", entry["LaunchTemplateId"], FREE, entry["LaunchTemplateName"])


def _delete_launch_template(scope: Scope, thing: Thing) -> None:
    scope.call("ec2", "delete_launch_template", LaunchTemplateId=thing.id)


# in the order in which they can be removed
MACHINES = (
    Kind("launch template", _launch_templates, _delete_launch_template),
    Kind("instance", _instances, _terminate),
    Kind("address", _addresses, _release),
    Kind("interface", _interfaces, _delete_interface),
    Kind("volume", _volumes, _delete_volume),
    Kind("snapshot", _snapshots, _delete_snapshot),
)
