"""An event's Auto Scaling group with its workers, and requests for spot instances. Removed before the machines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pophub.core.contract import EVENT_TAG, ROLE_TAG, WORKER_ROLE, workers_name
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.machines import tagged
from pophub.organizer.leftovers.resource import FREE, Resource, ResourceType, is_untagged, tag_map

# EC2 gives a machine some minutes to shut down
LOOK_SECONDS, LOOKS = 5, 120


def _groups(context: EventContext) -> Iterator[Resource]:
    for entry in context.all("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups[]"):
        name, tags = entry["AutoScalingGroupName"], tag_map(entry.get("Tags"))
        # a status means that the group is being deleted
        if context.is_ours(tags, named=name == workers_name(context.event)) and not entry.get("Status"):
            wanted = f"{entry['DesiredCapacity']} wanted"
            yield Resource("Auto Scaling group", name, FREE, wanted, doubtful=is_untagged(tags))


def _delete_group(context: EventContext, resource: Resource) -> None:
    """AWS ends its workers with it, even protected ones; they are found as instances too, and waited for as such."""
    context.call("autoscaling", "delete_auto_scaling_group", AutoScalingGroupName=resource.id, ForceDelete=True)


def end_workers(
    context: EventContext, talk: Callable[[str], None], pause: Callable[[float], None] = time.sleep
) -> None:
    """Delete the group and wait until its workers are terminated: EC2 deletes no network before.

    Terraform does not know a group if it was killed after AWS had made it, and before the state was written.
    """
    groups = [group for group in _groups(context) if not group.doubtful]
    for group in groups:
        talk(f"ending {group.id} with its workers, for at most {LOOKS * LOOK_SECONDS // 60} min")
        _delete_group(context, group)
    for _ in range(LOOKS if groups else 0):
        if not any(_is_worker_alive(entry) for entry in _instances(context)):
            return
        pause(LOOK_SECONDS)


def _instances(context: EventContext) -> Iterator[Mapping[str, Any]]:
    return tagged(context, "describe_instances", "Reservations[].Instances[]")


def _is_worker_alive(entry: Mapping[str, Any]) -> bool:
    return entry["State"]["Name"] != "terminated" and tag_map(entry.get("Tags")).get(ROLE_TAG) == WORKER_ROLE


def _spot_requests(context: EventContext) -> Iterator[Resource]:
    """Requests that are not over; a group's own request has no tag, and belongs to the event of its instance."""
    ours = {entry["InstanceId"] for entry in _instances(context)}
    live = [{"Name": "state", "Values": ["open", "active"]}]
    for entry in context.all("ec2", "describe_spot_instance_requests", "SpotInstanceRequests[]", Filters=live):
        instance = entry.get("InstanceId", "")
        if tag_map(entry.get("Tags")).get(EVENT_TAG) == context.event or instance in ours:
            yield Resource("spot request", entry["SpotInstanceRequestId"], FREE, instance)


def _cancel(context: EventContext, resource: Resource) -> None:
    context.call("ec2", "cancel_spot_instance_requests", SpotInstanceRequestIds=[resource.id])


WORKERS = (
    ResourceType("Auto Scaling group", _groups, _delete_group),
    ResourceType("spot request", _spot_requests, _cancel),
)
