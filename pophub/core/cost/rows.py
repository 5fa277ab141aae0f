"""The tables of a report; each adds up to the same total. Pure; the rows of a table are rounded to millionths together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from pophub.core.calendar import Window
from pophub.core.cost.capacity import HOUR_MS
from pophub.core.cost.ledger import Cell, Ledger, Person
from pophub.core.cost.money import MICROS, apportioned, rounded
from pophub.core.cost.tariff import MACHINE, OF_WORKERS, STANDING
from pophub.core.cost.timeline import Run, milliseconds, moment
from pophub.core.cost.wake import Wake

BASE, UNUSED = "shared base", "unused capacity"
# if workers run the servers
HUB = "the hub's machine"
REHEARSALS = "rehearsals"
AHEAD = "servers started ahead"
OUTSIDE = "outside the sessions"
HOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, and its part of the total."""

    what: str
    usd: Decimal


@dataclass(frozen=True, slots=True)
class PersonRow(Row):
    """One participant: hours of servers, and these hours times the servers' memory."""

    hours: Decimal
    gib_hours: Decimal
    servers: int


@dataclass(frozen=True, slots=True)
class TimeRow(Row):
    """A day or a session: its length, how long the machine ran in it, and how many people were there."""

    start: datetime
    end: datetime
    hours_on: Decimal
    person_hours: Decimal
    peak: int

    @property
    def hours(self) -> Decimal:
        """The length in hours; a day can have 23 or 25."""
        return hours(milliseconds(self.end) - milliseconds(self.start))


@dataclass(frozen=True, slots=True)
class WakeRow(Row):
    """A run of the machine that somebody started from the off page, and what the machines cost in it."""

    start: datetime
    hours: Decimal
    wake: Wake


_ONE_MACHINE = {part: part for part in (MACHINE, *STANDING)}

Rows = TypeVar("Rows", bound=Row)


def hours(ms: int | Decimal) -> Decimal:
    """Milliseconds as hours, to four places."""
    return (Decimal(ms) / HOUR_MS).quantize(HOUR_PLACES)


def parts(ledger: Ledger) -> tuple[Row, ...]:
    """The cost of each part: machines, disks, addresses."""
    names = {MACHINE: HUB} | {part: part for part in (*OF_WORKERS, *STANDING)} if ledger.on_workers else _ONE_MACHINE
    return adding_up(
        [Row(name, sum((cell.parts[it] for cell in ledger.cells), Decimal(0))) for it, name in names.items()]
    )


def wakes(ledger: Ledger, runs: Iterable[Run]) -> tuple[WakeRow, ...]:
    """The starts from the off page in order of time. Their cost is a part of the total, and no table of its own."""
    return tuple(
        WakeRow(
            f"start {run.wake.number} of at most {run.wake.times_a_day} that day",
            rounded(
                sum((it.machines_usd for it in ledger.cells if run.start <= it.start < run.end), Decimal(0)), MICROS
            ),
            moment(run.start),
            hours(run.end - run.start),
            run.wake,
        )
        for run in runs
        if run.wake
    )


def shares(ledger: Ledger, *, names: bool) -> tuple[tuple[PersonRow, ...], tuple[Row, ...]]:
    """The cost of each participant, then what no participant pays for.

    That is: rehearsals, and servers before their owners first came, if there were any; unused capacity; the hub's machine
    if workers run the servers; the shared base.
    Without `names`, participants are numbered by cost, the highest first.
    """
    people = sorted(ledger.people.items(), key=lambda item: (-item[1].usd, item[0]))
    width = len(str(len(people)))
    mine = [
        _person(name if names else f"participant {number:0{width}}", person)
        for number, (name, person) in enumerate(people, 1)
    ]
    usable, used, hub = (
        sum((getattr(cell, it) for cell in ledger.cells), Decimal(0)) for it in ("usable", "people", "hub")
    )
    nobodys = ((REHEARSALS, ledger.rehearsals), (AHEAD, ledger.ahead))
    others = [_person(what, servers) for what, servers in nobodys if servers is not None]
    shared = [*others, Row(UNUSED, usable - used), *([Row(HUB, hub)] if ledger.on_workers else [])]
    rows = adding_up([*mine, *shared, Row(BASE, ledger.usd - usable - hub)])
    return tuple(row for row in rows[: len(mine)] if isinstance(row, PersonRow)), rows[len(mine) :]


def days(ledger: Ledger, zone: ZoneInfo) -> tuple[TimeRow, ...]:
    """The cost of each day in the event's time zone."""
    groups: dict[date, list[Cell]] = {}
    for cell in ledger.cells:
        groups.setdefault(moment(cell.start).astimezone(zone).date(), []).append(cell)
    return adding_up([_time(day.isoformat(), cells) for day, cells in sorted(groups.items())])


def sessions(ledger: Ledger, windows: Sequence[Window], zone: ZoneInfo) -> tuple[TimeRow | Row, ...]:
    """The cost of each session, and the cost outside the sessions."""
    inside: list[TimeRow] = []
    counted = 0
    for window in windows:
        first, last = milliseconds(window.start), milliseconds(window.end)
        cells = [cell for cell in ledger.cells if first <= cell.start and cell.end <= last]
        if cells:
            counted += len(cells)
            start, end = window.start.astimezone(zone), window.end.astimezone(zone)
            inside.append(_time(f"{start:%Y-%m-%d %H:%M} to {end:%H:%M}", cells))
    outside = ledger.usd - sum((row.usd for row in inside), Decimal(0))
    return adding_up([*inside, Row(OUTSIDE, outside)])


def day_starts(first: datetime, last: datetime, zone: ZoneInfo) -> list[datetime]:
    """Every midnight of the zone between two moments."""
    day, end = first.astimezone(zone).date(), last.astimezone(zone).date()
    count = (end - day).days
    return [datetime.combine(day + timedelta(days=it), time(), zone).astimezone(UTC) for it in range(1, count + 1)]


def _person(name: str, person: Person) -> PersonRow:
    return PersonRow(name, person.usd, hours(person.ms), hours(person.gib_ms), person.servers)


def _time(what: str, cells: Sequence[Cell]) -> TimeRow:
    first, last = cells[0].start, cells[-1].end
    return TimeRow(
        what,
        sum((cell.usd for cell in cells), Decimal(0)),
        moment(first),
        moment(last),
        hours(sum(cell.end - cell.start for cell in cells if cell.on)),
        hours(sum(cell.person_ms for cell in cells)),
        max(cell.peak for cell in cells),
    )


def adding_up(rows: Iterable[Rows]) -> tuple[Rows, ...]:
    """The rows with rounded amounts that add up to the rounded total."""
    exact = list(rows)
    rounded = apportioned([row.usd for row in exact], MICROS)
    return tuple(replace(row, usd=usd) for row, usd in zip(exact, rounded, strict=True))
