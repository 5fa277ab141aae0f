"""EventBridge Scheduler refuses a schedule whose firings are all in the past.

Seen in August 2026 for a single time in the past: https://github.com/DefangLabs/pulumi-defang/pull/425. It is not known
whether AWS also refuses such a cron expression; code that keeps to this rule is right in both cases.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend

from lab.account_kinds import this_account
from lab.aws_rules.moto_patch import before
from lab.scheduler import fires_at


def enforce() -> None:
    """Add the rule to moto's Scheduler."""
    for call in ("create_schedule", "update_schedule"):
        before(EventBridgeSchedulerBackend, call, _check)


def _check(self: Any, **asked: Any) -> None:
    expression, zone = asked["schedule_expression"], asked.get("schedule_expression_timezone") or "UTC"
    if is_past(expression, zone, this_account().clock()):
        raise ValidationException(f"Invalid Schedule Expression {expression}: it never fires again.")


def is_past(expression: str, zone: str, now: datetime) -> bool:
    """Whether the schedule never fires again; False for a cron expression whose month or year is not a single number."""
    kind, _, inside = expression.rstrip(")").partition("(")
    if kind == "at":
        return datetime.fromisoformat(inside).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) <= now
    fields = inside.split()
    if kind != "cron" or not (fields[3].isdigit() and fields[5].isdigit()):
        return False
    month, year = int(fields[3]), int(fields[5])
    days = [date(year, month, day + 1) for day in range(monthrange(year, month)[1])]
    return all(at <= now for at in fires_at(expression, zone, days))
