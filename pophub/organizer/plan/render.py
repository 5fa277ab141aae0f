"""The plan of an event for a person (rich) and for a program (JSON). It calculates nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pophub.core.calendar import Window
from pophub.organizer.plan import render_workers
from pophub.organizer.plan.plan import Plan
from pophub.organizer.plan.schedule import Rule, workers_rules
from pophub.organizer.plan.sizing import Sizing


def as_text(plan: Plan) -> RenderableType:
    """The plan as something that a rich console prints."""
    event, zone = plan.event, ZoneInfo(plan.event.timezone)
    until = f"{event.title}, {event.participants} participants, until {event.ends}"
    return Group(
        _title(event.name, until),
        *_section("machine", _machine(plan), _table([*_steps(plan.sizing), *_quota(plan.sizing)])),
        *(_section("not chosen", "the nearest of each kind", _table(_rejected(plan.sizing))) if plan.sizing.rejected else ()),
        *_workers(plan),
        *_section("disk", f"{plan.sizing.disk_gib} GiB for the homes and the hub's state"),
        *_section("sessions", f"{plan.timetable.hours:g} hours", _table(_window(it, zone) for it in plan.timetable.windows)),
        *_section("schedule", f"in {event.timezone}", _table(_rule(rule, zone) for rule in _shown_rules(plan))),
        *_section("limit", plan.server_limit_reason),
        *_section("prestart", plan.prestart_reason),
        *_section("sign-in", plan.login),
        *_section("prices", f"list prices in USD of {plan.prices.as_of}{_kept(plan)}, before tax and credits"),
        *[Text(f"warning: {warning}", style="yellow") for warning in plan.warnings],
    )  # fmt: skip


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain data: times in UTC (ISO 8601), sizes in GiB, money in USD."""
    sizing, event = plan.sizing, plan.event
    result = {
        "event": event.name,
        "title": event.title,
        "region": event.region,
        "timezone": event.timezone,
        "ends": event.ends,
        "instance_type": sizing.instance_type,
        "disk_gib": sizing.disk_gib,
        "machine": sizing.machine and asdict(sizing.machine),
        "needs": asdict(sizing.needs),
        "steps": [asdict(step) for step in sizing.steps],
        "rejected": [asdict(rejected) for rejected in sizing.rejected],
        "workers": render_workers.as_json(plan.workers),
        "comparison": render_workers.compared_json(plan.comparison),
        "sessions": [asdict(window) for window in plan.timetable.windows],
        "session_hours": plan.timetable.hours,
        "schedule": [
            asdict(rule) | {"firings": rule.firings()} for rule in (*plan.timetable.rules, *workers_rules(plan))
        ],
        "login": {"kind": event.login.kind, "who": plan.login, "admins": event.login.admins},
        "server_limit": plan.server_limit_reason,
        "prestart": plan.prestart_reason,
        "prices": {"as_of": plan.prices.as_of, "currency": "USD"},
        "warnings": plan.warnings,
    }
    return {key: _plain(value) for key, value in result.items()}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case Decimal():
            return int(value) if value == int(value) else float(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
    return value


def _title(name: str, rest: str) -> Text:
    return Text.assemble((name, "bold"), ": ", rest)


def _section(name: str, summary: str, body: RenderableType | None = None) -> list[RenderableType]:
    line = Text.assemble("\n", (name, "bold"), "  ", summary)
    return [line] if body is None else [line, Padding(body, (0, 0, 0, 2))]


def _table(rows: Iterable[tuple[str, ...]]) -> Table:
    """A table of plain text: the organizer's own words are never read as rich's markup."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    return table


def _machine(plan: Plan) -> str:
    machine = plan.sizing.machine
    if machine is None:
        return (
            f"{plan.sizing.instance_type} in {plan.event.region}, as `host.instance_type` says; its price is not known"
        )
    why = ", the cheapest that fits" if plan.workers is None else ", for the hub alone, the cheapest that fits"
    if plan.is_pinned:
        why = ", with which the event is deployed"
    elif plan.event.host.instance_type:
        why = ", as `host.instance_type` says"
    return (
        f"{machine.name} in {plan.event.region}{why}: {machine.vcpus} vCPU, {machine.memory_gib} GiB, "
        f"{machine.architecture}, {machine.usd_per_hour} USD an hour"
    )


def _workers(plan: Plan) -> list[RenderableType]:
    """The workers, and what one machine and several would cost."""
    found, workers = plan.comparison, plan.workers
    lines: list[RenderableType] = []
    if workers is not None:
        lines += _section("workers", render_workers.summary(workers, plan), _table(render_workers.rows(workers, plan)))
    if found is not None:
        table = _table(render_workers.compared(found))
        lines += _section("compared", found.advice, Group(table, Text(render_workers.ASSUMED)))
    return lines


def _kept(plan: Plan) -> str:
    return ", kept since the first deployment" if plan.is_pinned else ""


def _steps(sizing: Sizing) -> list[tuple[str, ...]]:
    return [(step.what, f"{step.figure} {step.unit}", step.because) for step in sizing.steps]


def _quota(sizing: Sizing) -> list[tuple[str, ...]]:
    """What the account must allow: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html"""
    if sizing.machine is None:
        return []
    allowed = "the account's quota of running On-Demand vCPUs must allow these; `pophub doctor` asks AWS for it"
    return [("quota", f"{sizing.machine.vcpus} vCPU", allowed)]


def _rejected(sizing: Sizing) -> list[tuple[str, ...]]:
    return [
        (str(it.count), it.why, it.nearest.name, f"{it.nearest.usd_per_hour} USD an hour", it.but)
        for it in sizing.rejected
    ]


def _window(window: Window, zone: ZoneInfo) -> tuple[str, str]:
    opens, closes = window.start.astimezone(zone), window.end.astimezone(zone)
    return f"{opens:%a} {_span(opens, closes)}", _span(window.start, window.end)


def _span(start: datetime, end: datetime) -> str:
    day = "" if start.date() == end.date() else f"{end:%Y-%m-%d} "
    return f"{start:%Y-%m-%d %H:%M} to {day}{end:%H:%M %Z}"


def _shown_rules(plan: Plan) -> Iterable[Rule]:
    """Workers end at each stop of the machine, so these rules need no lines of their own."""
    return (*plan.timetable.rules, *(rule for rule in workers_rules(plan) if rule.action == "grow"))


def _rule(rule: Rule, zone: ZoneInfo) -> tuple[str, ...]:
    first = rule.firings()[0].astimezone(zone)
    return rule.action, f"{first:%H:%M}", f"{rule.days} {first:%B %Y}", rule.reason
