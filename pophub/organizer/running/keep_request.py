"""What an organizer asks of a hub from the laptop: until when, what goes before it, and where the hub looks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import Plan


def next_at(until: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The next moment at which the event's clocks show this time."""
    try:
        wanted = datetime.strptime(until, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError as error:
        raise PophubError(f"{until!r} is no time of day", hint="write it as in --until 18:30") from error
    today = now.astimezone(zone).date()
    # in UTC, because two moments of one zone are compared by the clock on the wall, which shows some times twice
    moments = (
        datetime.combine(day, wanted, zone).replace(fold=fold).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
        for fold in (0, 1)
    )
    return min(moment for moment in moments if moment > now).astimezone(zone)


def heard(plan: Plan, now: datetime, until: datetime, *, state: str, report: dict[str, Any] | None) -> str:
    """When the hub hears of a wish, or what goes before it; `state` is the machine's, `said` what the hub said last."""
    if state != "running":
        return f"but it is {state}, and this request does not start it: it counts once the hub runs"
    if report and report.get("spent_usd") and Decimal(report["spent_usd"]) >= plan.event.budget_usd:
        return "but its budget is used up, which overrides requests: only a start by hand gets its hour"
    return first_stop(plan, now, until) or "it hears of it within ten minutes, and within one while it warns people"


def first_stop(plan: Plan, now: datetime, until: datetime) -> str:
    """What the schedule does before a moment, whatever is asked; empty where it does nothing."""
    first = next((at for at in plan.timetable.firings("stop") if now < at <= until), None)
    return (
        f"but the schedule stops it at {clock(first, plan.event)} all the same: start it again after that"
        if first
        else ""
    )


def clock(moment: datetime, event: Event) -> str:
    """By the event's clocks."""
    return f"{moment.astimezone(ZoneInfo(event.timezone)):%H:%M on %d %B}"
