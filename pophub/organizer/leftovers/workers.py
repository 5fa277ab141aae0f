"""An event's Auto Scaling group with its workers, and requests for spot instances. Removed before the machines."""

from __future__ import annotations

from collections.abc import Iterator

from pophub.core.contract import EVENT_TAG, workers_name
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.machines import tagged
from pophub.organizer.leftovers.resource import FREE, Resource, ResourceType, is_untagged, tag_map


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


def _spot_requests(context: EventContext) -> Iterator[Resource]:
    """Requests that are not over; a group's own request has no tag, and belongs to the event of its instance."""
    ours = {entry["InstanceId"] for entry in tagged(context, "describe_instances", "Reservations[].Instances[]")}
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
