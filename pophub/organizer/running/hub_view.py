"""What the laptop can see of a hub: its machine in EC2, and what the hub has put into the bucket."""

from __future__ import annotations

from typing import Any

from pophub.aws.client import Aws, AwsRefusal
from pophub.core.contract import WATCH_REPORT_FILE
from pophub.core.errors import PophubError
from pophub.organizer.leftovers.resource import EventContext

NOT_THERE = ("NoSuchKey", "NoSuchBucket")


def machine_of(context: EventContext) -> dict[str, Any]:
    """Its machine, whatever it does.

    Raises:
        PophubError: there is none.
    """
    found = machines_of(context.aws, context.region, context.event)
    if not found:
        raise PophubError(f"{context.event} has no machine in {context.region}", hint=f"pophub deploy {context.event}")
    return found[0]


def machines_of(aws: Aws, region: str, event: str) -> list[dict[str, Any]]:
    """As EC2 describes them; none that is gone."""
    states = ["pending", "running", "stopping", "stopped"]
    filters = [{"Name": "tag:pophub:event", "Values": [event]}, {"Name": "instance-state-name", "Values": states}]
    return list(aws.pages("ec2", region, "describe_instances", "Reservations[].Instances[]", Filters=filters))


def last_report(context: EventContext) -> dict[str, Any] | None:
    """What the hub last put into the bucket."""
    return in_the_bucket(context, WATCH_REPORT_FILE)


def in_the_bucket(context: EventContext, key: str) -> dict[str, Any] | None:
    """One of the event's reports; None where it is not there, or there is no bucket."""
    try:
        return context.reports.get_json(key)
    except AwsRefusal as refusal:
        if refusal.aws_code in NOT_THERE:
            return None
        raise
