"""Stretches of time in which people work, and how long before and after each one the machine may run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# the machine boots in about two minutes; the rest allows for a slow start and for people who come early
LEAD = timedelta(minutes=15)
# people often work on after the last talk; cost-watch stops an idle hub long before this limit
STOP_AFTER = timedelta(hours=8)
# an event file writes a night as two sessions: until 23:59, and from 00:00
TOUCHING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of time in which people work; both ends are timezone-aware and in UTC."""

    start: datetime
    end: datetime


def merged(found: Iterable[Window]) -> tuple[Window, ...]:
    """Sort the windows and join those that overlap or touch."""
    result: list[Window] = []
    for window in sorted(found):
        if result and window.start <= result[-1].end + TOUCHING:
            result[-1] = Window(result[-1].start, max(result[-1].end, window.end))
        else:
            result.append(window)
    return tuple(result)
