"""A page in Markdown about an event that has ended: people, servers, stops, incidents, disks, cost, and advice.

It makes no request. What only the hub's machine knew is stored beside the archive (pophub/hub/archive/history.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pophub.core.cost.forms.as_markdown import as_markdown
from pophub.core.cost.machines import Machines
from pophub.core.cost.report import Report
from pophub.core.cost.rows import HUB
from pophub.hub.archive.history import History
from pophub.hub.archive.receipt import Receipt
from pophub.organizer.destroy import history_lines
from pophub.organizer.event.event import Event

GIB = 2**30
# a machine or a home of which less than this share was used is larger than necessary
WELL_USED = Decimal("0.8")
SPARE = Decimal("1.2")


def page(
    event: Event,
    *,
    cost: Report | str,
    homes: Sequence[Receipt],
    last_report: Mapping[str, Any] | None,
    history: History | None = None,
    now: datetime,
) -> str:
    """The page. `cost` is the report or the reason why there is none; `last_report` is the last status of cost-watch."""
    # if the machine stored no summary, each of its figures is shown as not known
    lines = _lines(event, cost, homes, last_report, history=history or History(""), now=now)
    return "\n".join(lines) + "\n"


def _lines(
    event: Event,
    cost: Report | str,
    homes: Sequence[Receipt],
    last_report: Mapping[str, Any] | None,
    *,
    history: History,
    now: datetime,
) -> Iterator[str]:
    yield f"# {event.title}: looking back"
    yield f"\n{event.name}, written {now.astimezone(ZoneInfo(event.timezone)):%Y-%m-%d %H:%M %Z}, before the destroy\n"
    yield from (f"- **{name}**: {figure}" for name, figure in _facts(event, cost, homes, last_report))
    yield from (f"- **{name}**: {figure}" for name, figure in history_lines.facts(history))
    yield "\n## Next time\n"
    yield from (f"- {it}" for it in _advice(event, cost, homes) or ["as it was: nothing stands out"])
    if isinstance(cost, Report):
        yield "\n## When the machine was on\n"
        yield from _stops(event, cost)
    yield from history_lines.sections(history, ZoneInfo(event.timezone))
    if any(home.problems for home in homes):
        yield "\n## What could not be archived as it was\n"
        yield from _problems(homes)
    yield ""
    # one level deeper, because they are below our heading
    yield (
        re.sub("^#", "##", as_markdown(cost), flags=re.MULTILINE)
        if isinstance(cost, Report)
        else f"## What it cost\n\n{cost}"
    )


def _facts(
    event: Event, cost: Report | str, homes: Sequence[Receipt], last_report: Mapping[str, Any] | None
) -> Iterator[tuple[str, str]]:
    if isinstance(cost, Report):
        times = "once" if len(cost.on) == 1 else f"{len(cost.on)} times"
        yield "people", f"{cost.use.people} came, {event.participants} were planned for; {_peak(cost)} at once at most"
        yield (
            HUB if cost.machines else "machine",
            f"{times} on, {cost.use.hours_on:.1f} hours; {cost.use.idle_hours:.1f} with nobody",
        )
        if cost.machines:
            yield "workers", _workers(cost.machines)
    everything, homes = homes, _of_people(homes)
    total, largest = sum(home.bytes for home in homes), max((home.bytes for home in homes), default=0)
    yield (
        "homes",
        f"{len(homes)} with {sum(home.files for home in homes):,} files and {total / GIB:.2f} GiB; "
        f"the largest {largest / GIB:.2f} of {event.server.home_gib} GiB",
    )
    for shared in (home for home in everything if not home.is_somebodys):
        yield "shared data", f"{shared.files:,} files and {shared.bytes / GIB:.2f} GiB"
    if last_report is not None:
        action, reason, at = (last_report.get(key) for key in ("action", "reason", "at"))
        yield "the watch's last word", f"{action}, {reason} ({_when(at, event)})"


def _workers(machines: Machines) -> str:
    count, most, hours = len(machines.workers), machines.most_workers, machines.worker_hours
    return f"{count} in all, {most} at once at most; {hours:.1f} hours for {machines.workers_usd:.2f}, without disks"


def _when(at: Any, event: Event) -> str:
    """A time from another program in the event's time zone; unchanged if it is not a time."""
    with suppress(TypeError, ValueError):
        return f"{datetime.fromisoformat(at).astimezone(ZoneInfo(event.timezone)):%Y-%m-%d %H:%M %Z}"
    return str(at)


def _of_people(homes: Sequence[Receipt]) -> Sequence[Receipt]:
    return [home for home in homes if home.is_somebodys]


def _peak(cost: Report) -> int:
    return max((people for _, people in cost.peaks), default=0)


def _advice(event: Event, cost: Report | str, homes: Sequence[Receipt]) -> list[str]:
    return [*(_advice_on_cost(event, cost) if isinstance(cost, Report) else ()), *_advice_on_homes(event, homes)]


def _advice_on_cost(event: Event, cost: Report) -> Iterator[str]:
    peak, use = _peak(cost), cost.use
    if 0 < peak < WELL_USED * event.participants:
        yield f"`participants: {_up(peak * SPARE)}`: {peak} worked at once at most, {event.participants} were planned for"
    elif peak > event.participants:
        yield f"`participants: {_up(peak * SPARE)}`: {peak} worked at once, more than were planned for"
    if use.hours_on and use.idle_hours > (1 - WELL_USED) * use.hours_on:
        yield (
            f"`idle.hub_minutes` below {event.idle.hub_minutes}, or later session starts: "
            f"{use.idle_hours:.1f} of {use.hours_on:.1f} hours nobody worked"
        )
    if cost.machines and event.workers and cost.machines.most_workers == event.workers.most:
        yield f"`workers.most` above {event.workers.most}: all of them ran at once"
    if cost.usd is not None and cost.usd > event.budget_usd:
        yield f"`budget_usd: {_up(cost.usd * SPARE)}`: {cost.usd:.2f} were spent of {event.budget_usd:.2f}"


def _advice_on_homes(event: Event, homes: Sequence[Receipt]) -> Iterator[str]:
    homes = _of_people(homes)
    largest = Decimal(max((home.bytes for home in homes), default=0)) / GIB
    enough = max(1, _up(largest * SPARE))
    if homes and enough < WELL_USED * Decimal(event.server.home_gib):
        yield f"`server.home_gib: {enough}`: the largest home holds {largest:.2f} GiB"
    elif largest > WELL_USED * Decimal(event.server.home_gib):
        yield f"`server.home_gib: {_up(largest * SPARE)}`: the largest home is nearly full with {largest:.2f} GiB"


def _up(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))


def _stops(event: Event, cost: Report) -> Iterator[str]:
    zone = ZoneInfo(event.timezone)
    yield "| from | to | hours |"
    yield "| --- | --- | ---: |"
    for window in cost.on:
        hours = (window.end - window.start).total_seconds() / 3600
        yield f"| {window.start.astimezone(zone):%Y-%m-%d %H:%M} | {window.end.astimezone(zone):%Y-%m-%d %H:%M} | {hours:.1f} |"


def _problems(homes: Sequence[Receipt]) -> Iterator[str]:
    for home in homes:
        for what, count in sorted(home.problems.items()):
            yield f"- `{home.user}`: {count} times {what}"
