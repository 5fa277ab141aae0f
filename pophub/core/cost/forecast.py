"""Where the spending will end: what is metered so far, plus the remaining hours at today's price. It uses no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pophub.core.calendar import Window
from pophub.core.cost import spans
from pophub.core.cost.basis import Basis


@dataclass(frozen=True, slots=True)
class Forecast:
    """The spending at the event's end. `cone` shows each case over time: (moment, low, expected, high)."""

    low: Decimal
    expected: Decimal
    high: Decimal
    cone: tuple[tuple[datetime, Decimal, Decimal, Decimal], ...]


def forecast(
    basis: Basis, spent: Decimal, *, machine: str, disk_gib: int, running: bool, now: datetime
) -> Forecast | None:
    """The forecast from `now` on; None if the machine's price is not known.

    Low: the machine runs for the sessions and stops when it has been idle long enough after each. Expected: the
    schedule starts and stops it. High: it is always on. In each case all planned workers run while the hub does.
    """
    price = basis.tariff.machines.get(machine)
    if price is None:
        return None
    end = max(now, basis.ends)
    scheduled = spans.by_schedule(basis.starts, basis.stops, now, running=running)
    first = basis.hub_idle if running else spans.timedelta_of(Decimal(0))
    wanted = spans.attended(basis.sessions, basis.hub_idle, now, first=first)
    idle = tuple(part for span in scheduled for part in spans.clipped(wanted, span.start, span.end))
    always = spans.clipped([Window(now, end)], now, end)
    cases = (idle, scheduled, always)
    edges = {now, end} | {edge for case in cases for span in case for edge in (span.start, span.end)}
    rate = price.usd_an_hour + basis.workers_usd_an_hour
    standing = basis.tariff.usd_an_hour_stopped(disk_gib)

    def by(at: datetime, case: Sequence[Window]) -> Decimal:
        on = spans.hours(spans.clipped(case, now, at))
        return spent + on * rate + spans.hours([Window(now, at)]) * standing

    cone = tuple((at, by(at, idle), by(at, scheduled), by(at, always)) for at in sorted(edges))
    return Forecast(*cone[-1][1:], cone)
