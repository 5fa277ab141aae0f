"""An event's machines, disks and addresses: how they are found, their price, their removal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.core.contract import ENDS_TAG, EVENT_TAG, HOME_DEVICE, ROLE_TAG, WORKER_ROLE
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers import costs
from pophub.organizer.leftovers.resource import FREE, Resource, ResourceType, is_gone, removed_by, tag_map

Cost = Callable[[Mapping[str, Any], str], Decimal | None]


def tagged(context: EventContext, operation: str, entries: str) -> Iterator[Mapping[str, Any]]:
    """Resources that EC2 lists by the event's tag; unlike the tag index, EC2 drops deleted ones at once."""
    ours = [{"Name": f"tag:{EVENT_TAG}", "Values": [context.event]}]
    return context.all("ec2", operation, entries, Filters=ours)


def _instances(context: EventContext) -> Iterator[Resource]:
    for entry in tagged(context, "describe_instances", "Reservations[].Instances[]"):
        if entry["State"]["Name"] != "terminated":
            is_worker = tag_map(entry.get("Tags")).get(ROLE_TAG) == WORKER_ROLE
            yield Resource(
                "instance",
                entry["InstanceId"],
                costs.of_instance(entry, context.region),
                f"{entry['InstanceType']}, {entry['State']['Name']}",
                holds_work=context.accounts and not is_worker,
                disk=home_disk(entry),
            )


def home_disk(instance: Mapping[str, Any]) -> str:
    """The volume with the homes of an instance; the instance's id if it has none, and the homes are on its own disk."""
    disks = (it for it in instance.get("BlockDeviceMappings", ()) if it["DeviceName"] == HOME_DEVICE)
    return next((str(it["Ebs"]["VolumeId"]) for it in disks), str(instance["InstanceId"]))


def _terminate(context: EventContext, resource: Resource) -> None:
    context.call("ec2", "terminate_instances", InstanceIds=[resource.id])
    context.aws.wait("ec2", context.region, "instance_terminated", InstanceIds=[resource.id])


def _volumes(context: EventContext) -> Iterator[Resource]:
    for entry in tagged(context, "describe_volumes", "Volumes[]"):
        name = tag_map(entry.get("Tags")).get("Name", "")
        goes_with_its_instance = any(held.get("DeleteOnTermination") for held in entry.get("Attachments", ()))
        yield Resource(
            "volume",
            entry["VolumeId"],
            costs.of_volume(entry, context.region),
            f"{entry['Size']} GiB, {name}".rstrip(", "),
            holds_work=not goes_with_its_instance,
            disk=entry["VolumeId"],
            entry=entry,
        )


def home_disks(context: EventContext) -> list[Resource]:
    """The disks that hold participants' files."""
    return [resource for resource in _volumes(context) if resource.holds_work]


def _delete_volume(context: EventContext, resource: Resource) -> None:
    context.aws.wait("ec2", context.region, "volume_available", VolumeIds=[resource.id])
    context.call("ec2", "delete_volume", VolumeId=resource.id)


def _snapshots(context: EventContext) -> Iterator[Resource]:
    ours = [{"Name": f"tag:{EVENT_TAG}", "Values": [context.event]}]
    for entry in context.all("ec2", "describe_snapshots", "Snapshots[]", OwnerIds=["self"], Filters=ours):
        ends = tag_map(entry.get("Tags")).get(ENDS_TAG)
        since = date.fromisoformat(ends) if ends else entry["StartTime"].date()
        yield Resource(
            "snapshot",
            entry["SnapshotId"],
            costs.of_snapshot(entry, context.region),
            f"{entry['VolumeSize']} GiB, so at most",
            holds_work=True,
            remove_by=since + timedelta(days=context.archive_days),
            disk=entry["VolumeId"],
            since=entry["StartTime"],
        )


def _addresses(context: EventContext) -> Iterator[Resource]:
    # describe_addresses returns no pages
    ours = [{"Name": f"tag:{EVENT_TAG}", "Values": [context.event]}]
    for entry in context.call("ec2", "describe_addresses", Filters=ours)["Addresses"]:
        cost = costs.of_address(entry, context.region)
        yield Resource("address", entry["AllocationId"], cost, entry["PublicIp"], entry=entry)


def _release(context: EventContext, resource: Resource) -> None:
    if association := resource.entry.get("AssociationId"):
        try:
            context.call("ec2", "disassociate_address", AssociationId=association)
        except AwsRefusal as refusal:
            # the association ended when its machine was terminated
            if not is_gone(refusal):
                raise
    context.call("ec2", "release_address", AllocationId=resource.id)


def _interfaces(context: EventContext) -> Iterator[Resource]:
    for entry in tagged(context, "describe_network_interfaces", "NetworkInterfaces[]"):
        yield Resource("interface", entry["NetworkInterfaceId"], FREE, entry.get("Description", ""))


def _delete_interface(context: EventContext, resource: Resource) -> None:
    context.aws.wait("ec2", context.region, "network_interface_available", NetworkInterfaceIds=[resource.id])
    context.call("ec2", "delete_network_interface", NetworkInterfaceId=resource.id)


def _launch_templates(context: EventContext) -> Iterator[Resource]:
    for entry in tagged(context, "describe_launch_templates", "LaunchTemplates[]"):
        yield Resource("launch template", entry["LaunchTemplateId"], FREE, entry["LaunchTemplateName"])


# in the order in which they can be removed
MACHINES = (
    ResourceType("launch template", _launch_templates, removed_by("ec2", "delete_launch_template", "LaunchTemplateId")),
    ResourceType("instance", _instances, _terminate),
    ResourceType("address", _addresses, _release),
    ResourceType("interface", _interfaces, _delete_interface),
    ResourceType("volume", _volumes, _delete_volume),
    ResourceType("snapshot", _snapshots, removed_by("ec2", "delete_snapshot", "SnapshotId")),
)
