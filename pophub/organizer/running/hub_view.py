"""What the laptop can see of a hub: its machine in EC2, and its files in the account bucket."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pophub.aws.client import AwsRefusal
from pophub.aws.instances import hub_instance
from pophub.core.contract import METER_FILE, WATCH_REPORT_FILE
from pophub.core.cost.spent import spent as metered
from pophub.core.errors import PophubError
from pophub.organizer.cost.basis_of_event import basis_of
from pophub.organizer.event_context import EventContext
from pophub.organizer.plan.plan import Plan

NOT_THERE = ("NoSuchKey", "NoSuchBucket")


def require_hub_instance(context: EventContext) -> dict[str, Any]:
    """The hub's machine as EC2 describes it, in any state.

    Raises:
        PophubError: there is none.
    """
    found = hub_instance(context.aws, context.region, context.event)
    if found is None:
        raise PophubError(f"{context.event} has no machine in {context.region}", hint=f"pophub deploy {context.event}")
    return found


def last_report(context: EventContext) -> dict[str, Any] | None:
    """Cost-watch's last report; None if there is none yet."""
    return in_the_bucket(context, WATCH_REPORT_FILE)


def in_the_bucket(context: EventContext, key: str) -> dict[str, Any] | None:
    """One of the event's reports; None if it or the bucket is missing."""
    try:
        return context.reports.get_json(key)
    except AwsRefusal as refusal:
        if refusal.aws_code in NOT_THERE:
            return None
        raise


def spent(context: EventContext, plan: Plan, now: datetime) -> tuple[Decimal | None, Decimal | None]:
    """USD today, in the event's time zone, and since the hub's first start; None if there is no meter yet."""
    try:
        lines = b"".join(context.reports.read(METER_FILE)).splitlines(keepends=True)
    except AwsRefusal as refusal:
        if refusal.aws_code in NOT_THERE:
            return None, None
        raise
    basis, zone = basis_of(plan), ZoneInfo(plan.event.timezone)
    midnight = datetime.combine(now.astimezone(zone), time(), zone)
    # the same calculation as on the hub
    machine = plan.instance_type
    today = metered(lines, basis, now=now, since=midnight, machine=machine)
    return today, metered(lines, basis, now=now, machine=machine)
