"""The effect of an organizer's request to keep the hub on, and what overrides it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import Plan


def effect_of(plan: Plan, now: datetime, until: datetime, *, state: str, report: dict[str, Any] | None) -> str:
    """When a request takes effect, or what overrides it; `state` is the machine's, `report` the hub's last one."""
    if state != "running":
        return f"but it is {state}, and this request does not start it: it counts once the hub runs"
    if report and report.get("spent_usd") and Decimal(report["spent_usd"]) >= plan.event.budget_usd:
        return "but its budget is used up, which overrides requests: only a start by hand gets its hour"
    return first_stop(plan, now, until) or "it reads the request within ten minutes, or one while it warns people"


def first_stop(plan: Plan, now: datetime, until: datetime) -> str:
    """A sentence if the schedule stops the hub before `until`, which no request prevents; else empty."""
    first = next((at for at in plan.timetable.firings("stop") if now < at <= until), None)
    return (
        f"but the schedule stops it at {clock(first, plan.event)} all the same: start it again after that"
        if first
        else ""
    )


def clock(moment: datetime, event: Event) -> str:
    """A moment as text, in the event's time zone."""
    return f"{moment.astimezone(ZoneInfo(event.timezone)):%H:%M on %d %B}"
