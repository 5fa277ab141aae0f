"""How the guide writes days, durations, sizes and what a spot machine is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pophub.organizer.event.sections import Session

SPOT = (
    "AWS may take back the machine that your server runs on, with two minutes' notice: variables are then lost, "
    "saved files are not. Save often; after that, start your server again, and it gets another machine."
)


def days(session: Session) -> str:
    """The first and the last day, or the only one."""
    if session.first == session.last:
        return day(session.first)
    return f"{day(session.first)} to {day(session.last)}, each day"


def day(which: date) -> str:
    """For example Monday 15 March 2027."""
    return f"{which:%A} {which.day} {which:%B %Y}"


def minutes(length: timedelta) -> int:
    """A duration in whole minutes."""
    return length // timedelta(minutes=1)


def size(memory_gib: Decimal, cpus: Decimal) -> str:
    """The size of a server, in words."""
    return f"{memory_gib.normalize():f} GiB of memory and {cpus.normalize():f} processor{'s' * (cpus != 1)}"
