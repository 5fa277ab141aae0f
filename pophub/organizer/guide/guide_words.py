"""How the guide writes days, lengths of time, sizes and organizations."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pophub.organizer.event.sections import Session


def days(session: Session) -> str:
    """The first and the last, or the only one."""
    if session.first == session.last:
        return day(session.first)
    return f"{day(session.first)} to {day(session.last)}, each day"


def day(which: date) -> str:
    """Monday 15 March 2027."""
    return f"{which:%A} {which.day} {which:%B %Y}"


def minutes(length: timedelta) -> int:
    """Whole ones."""
    return length // timedelta(minutes=1)


def organizations(allow: tuple[str, ...]) -> str:
    """By name, without the teams: it is to the organization that GitHub invites."""
    return " or ".join(dict.fromkeys(entry.partition(":")[0] for entry in allow))


def size(memory_gib: Decimal, cpus: Decimal) -> str:
    """Of a server."""
    return f"{memory_gib.normalize():f} GiB of memory and {cpus.normalize():f} processor{'s' * (cpus != 1)}"
