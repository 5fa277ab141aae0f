"""Further resources that AWS's tag index lists for an event: listed, never removed.

The index still lists resources hours after their deletion (https://github.com/boto/boto3/issues/3341), and lacks
addresses, roles and records. So it is asked last, and where possible each resource is looked up in its own service.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.core.contract import EVENT_TAG
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.resource import Resource, is_gone

# types that EC2 itself lists by tag, whatever their names: a resource of these types that EC2 does not list is deleted;
# each entry is the service and the type in an ARN
LISTED_BY_TAG = {
    *(("ec2", it) for it in ("elastic-ip", "instance", "internet-gateway", "launch-template", "network-interface")),
    *(("ec2", it) for it in ("route-table", "security-group", "snapshot", "spot-instances-request", "subnet")),
    *(("ec2", it) for it in ("volume", "vpc")),
    # Auto Scaling lists all groups
    ("autoscaling", "autoScalingGroup"),
    # deleted with its group
    ("ec2", "security-group-rule"),
    # the account bucket
    ("s3", ""),
}
# for types that are searched by name first: how to check whether a resource with another name still exists
Lookup = Callable[[EventContext, str, str], Any]
LOOKUPS: dict[tuple[str, str], Lookup] = {
    ("sns", ""): lambda context, arn, _: context.call("sns", "get_topic_attributes", TopicArn=arn),
    ("cloudwatch", "alarm"): lambda context, _, name: context.call("cloudwatch", "describe_alarms", AlarmNames=[name])[
        "MetricAlarms"
    ],
    ("events", "rule"): lambda context, _, name: context.call("events", "describe_rule", Name=name),
    ("scheduler", "schedule-group"): lambda context, _, name: context.call(
        "scheduler", "get_schedule_group", Name=name
    ),
    ("logs", "log-group"): lambda context, _, name: [
        entry
        for entry in context.call("logs", "describe_log_groups", logGroupNamePrefix=name)["logGroups"]
        if entry["logGroupName"] == name
    ],
    ("ssm", "parameter"): lambda context, arn, _: context.call(
        "ssm", "describe_parameters", ParameterFilters=[{"Key": "Name", "Values": parameter_names(arn)}]
    )["Parameters"],
}


OTHER = "tagged for this event, and not as pophub names its resources"
MAY_BE_GONE = "AWS's index of tags says so, also for some hours after it was deleted"


def service_and_type(arn: str) -> tuple[str, str]:
    """`ec2` and `vpc` of an ARN; the type is empty if the ARN has only a name after the service."""
    service, name = arn.split(":", 5)[2], arn.split(":", 5)[5]
    type_ = name.replace(":", "/", 1).partition("/")
    return service, type_[0] if type_[1] else ""


def name_in(arn: str) -> str:
    """The resource's name in its own service."""
    name = arn.split(":", 5)[5]
    return name.replace(":", "/", 1).partition("/")[2] or name


def parameter_names(arn: str) -> list[str]:
    """Both possible names of a parameter: an ARN leaves out the slash at the beginning of a name."""
    return [name_in(arn), f"/{name_in(arn)}"]


def others(context: EventContext, found: Collection[Resource]) -> Iterator[Resource]:
    """Existing resources with the event's tag that are not among `found`."""
    ids = {resource.id for resource in found}
    ours = [{"Key": EVENT_TAG, "Values": [context.event]}]
    entries = "ResourceTagMappingList[].ResourceARN"
    for arn in context.all("resourcegroupstaggingapi", "get_resources", entries, TagFilters=ours):
        if service_and_type(arn) in LISTED_BY_TAG or ids & {arn, *parameter_names(arn)}:
            continue
        if _is_there(context, arn):
            yield Resource("other", arn, None, OTHER if _lookup(arn) else f"{OTHER}; {MAY_BE_GONE}")


def _lookup(arn: str) -> Lookup | None:
    service, type_ = service_and_type(arn)
    return _in_ec2 if service == "ec2" else LOOKUPS.get((service, type_))


def _in_ec2(context: EventContext, _: str, name: str) -> object:
    """EC2's own list of tags drops a deleted resource at once, for every type."""
    of_it = [{"Name": "resource-id", "Values": [name]}, {"Name": f"tag:{EVENT_TAG}", "Values": [context.event]}]
    return next(context.all("ec2", "describe_tags", "Tags[]", Filters=of_it), None)


def _is_there(context: EventContext, arn: str) -> bool:
    lookup = _lookup(arn)
    if lookup is None:
        return True
    try:
        return bool(lookup(context, arn, name_in(arn)))
    except AwsRefusal as refusal:
        if is_gone(refusal):
            return False
        raise
