"""The roster compared with the sign-in provider and the hub's meter: who can sign in, and who came."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.organizer.cost.cost_report import so_far
from pophub.organizer.event.event_file import load_event, with_files
from pophub.organizer.paths import event_file
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing, Standings


@dataclass(frozen=True, slots=True)
class Row:
    """One person. `standing` is None if the provider did not answer, `hours` None if the meter cannot be read."""

    person: Person
    user: str
    standing: Standing | None
    hours: Decimal | None


@dataclass(frozen=True, slots=True)
class Attendance:
    """The roster's people, the users who came without being on it (user → hours of servers), and notes on unknown facts."""

    rows: tuple[Row, ...]
    others: Mapping[str, Decimal]
    notes: tuple[str, ...]


def attendance(name: str, aws: Aws, *, now: datetime, environ: Mapping[str, str] = os.environ) -> Attendance:
    """Ask the sign-in provider and read the meter. If one of them fails, a note says why.

    Raises:
        PophubError: the event file or its roster has mistakes, or the event has no roster.
    """
    path = event_file(name)
    event = with_files(path, load_event(path))
    if not event.people:
        raise PophubError(f"{event.name} has no roster", hint="write `roster: people.csv` into the event file")
    notes = []
    standings: Standings = {}
    hours: dict[str, Decimal] | None = None
    provider = event.login.provider
    try:
        standings = provider.standings(event.people, environ)
    except PophubError as error:
        notes.append(f"not known who can sign in: {error.sentence}")
    try:
        report = so_far(name, aws, [], now=now, ask=False, names=True, gone=None)
        hours = {row.what: row.hours for row in report.people}
    except PophubError as error:
        notes.append(f"not known who came: {error.sentence}")
    return together(event.people, provider.user_name, standings, hours, notes)


def together(
    people: Sequence[Person],
    user_name: Callable[[Person], str],
    standings: Standings,
    hours: Mapping[str, Decimal] | None,
    notes: Sequence[str] = (),
) -> Attendance:
    """Combine the answers. Pure."""
    users = {person.line: user_name(person) for person in people}
    rows = tuple(
        Row(person, user, standings.get(person.line), None if hours is None else hours.get(user, Decimal()))
        for person in people
        for user in [users[person.line]]
    )
    others = {user: each for user, each in (hours or {}).items() if user not in users.values()}
    return Attendance(rows, others, tuple(notes))


def as_json(found: Attendance) -> dict[str, Any]:
    """The data for a program; an unknown value is null."""
    people = [
        {
            "name": row.person.name,
            "mail": row.person.mail,
            "account": row.person.account,
            "user": row.user,
            "standing": row.standing and row.standing.name.lower(),
            "hours": None if row.hours is None else float(round(row.hours, 2)),
        }
        for row in found.rows
    ]
    others = {user: float(round(hours, 2)) for user, hours in found.others.items()}
    return {"people": people, "not_on_the_roster": others, "notes": list(found.notes)}


def as_text(found: Attendance) -> RenderableType:
    """A table and a line of counts."""
    table = Table("name", "account", "sign-in", Column("hours", justify="right"), box=None, padding=(0, 2, 0, 0))
    for row in found.rows:
        standing = row.standing or "?"
        table.add_row(row.person.name or row.person.mail, row.person.account or "-", standing, _hours(row.hours))
    for user, hours in found.others.items():
        table.add_row("", user, "came, and is not on the roster", _hours(hours))
    return Group(table, *(Text(line) for line in _counts(found)))


def _hours(hours: Decimal | None) -> str:
    return "?" if hours is None else f"{hours:.1f}" if hours else "-"


def _counts(found: Attendance) -> Iterator[str]:
    total = len(found.rows)
    if all(row.hours is not None for row in found.rows):
        came = sum(bool(row.hours) for row in found.rows)
        yield f"{came} of {total} came" + (f", and {len(found.others)} others" if found.others else "")
    for standing in Standing:
        if count := sum(row.standing is standing for row in found.rows):
            yield f"{count} of {total}: {standing}"
    yield from found.notes
