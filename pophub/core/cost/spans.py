"""Stretches of time in which the machine runs: by the schedule, or with stops when idle. Spans in, spans out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from pophub.core.calendar import LEAD, STOP_AFTER, Window

MILLISECOND = timedelta(milliseconds=1)
MILLISECONDS_AN_HOUR = 3_600_000


def by_schedule(
    starts: Iterable[datetime], stops: Iterable[datetime], since: datetime, *, running: bool
) -> tuple[Window, ...]:
    """When the machine runs after `since` if only the schedule starts and stops it."""
    firings = sorted([*((at, "start") for at in starts), *((at, "stop") for at in stops)])
    spans: list[Window] = []
    on = since if running else None
    for at, action in firings:
        if at <= since:
            continue
        if action == "start":
            on = on or at
        elif on is not None:
            spans.append(Window(on, at))
            on = None
    return tuple(spans)


def attended(
    windows: Sequence[Window],
    after: timedelta,
    since: datetime,
    *,
    first: timedelta = timedelta(),
    lead: timedelta = LEAD,
) -> tuple[Window, ...]:
    """When it runs if it starts `lead` before each session, and stops `after` its end, and STOP_AFTER after it at the latest.

    `first` is how long it runs from `since` on.
    """
    wanted = [Window(window.start - lead, window.end + min(after, STOP_AFTER)) for window in windows]
    return clipped(joined([Window(since, since + first), *wanted]), since, None)


def joined(spans: Iterable[Window]) -> tuple[Window, ...]:
    """Sort the spans and join those that overlap or touch."""
    result: list[Window] = []
    for span in sorted(spans):
        if result and span.start <= result[-1].end:
            result[-1] = Window(result[-1].start, max(result[-1].end, span.end))
        elif span.end > span.start:
            result.append(span)
    return tuple(result)


def clipped(spans: Iterable[Window], since: datetime, until: datetime | None) -> tuple[Window, ...]:
    """The parts of the spans that lie between two moments."""
    cut = (Window(max(span.start, since), span.end if until is None else min(span.end, until)) for span in spans)
    return tuple(span for span in cut if span.end > span.start)


def hours(spans: Iterable[Window]) -> Decimal:
    """The sum of their lengths, to a millionth of an hour."""
    length = sum((span.end - span.start for span in spans), timedelta())
    return (Decimal(length // MILLISECOND) / MILLISECONDS_AN_HOUR).quantize(Decimal("0.000001"))


def timedelta_of(hours_: Decimal) -> timedelta:
    return timedelta(milliseconds=int(hours_ * MILLISECONDS_AN_HOUR))
