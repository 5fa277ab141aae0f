"""The stretches of time in which people work, and for how long around each the machine is meant to run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# the machine boots in about two minutes; the rest is slack for a slow start and for early birds
LEAD = timedelta(minutes=15)
# people work on long after the last talk; idle hubs are stopped long before, by cost-watch
GUARD = timedelta(hours=8)
# a night is written as two sessions, until 23:59 and from 00:00
TOUCHING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of time in which people work; both ends are aware and in UTC."""

    start: datetime
    end: datetime


def merged(found: Iterable[Window]) -> tuple[Window, ...]:
    """The same time as `found`, in order and without overlaps."""
    result: list[Window] = []
    for window in sorted(found):
        if result and window.start <= result[-1].end + TOUCHING:
            result[-1] = Window(result[-1].start, max(result[-1].end, window.end))
        else:
            result.append(window)
    return tuple(result)
