"""What each kind of machine cost, for an event with workers. Pure; the rows add up to the report's total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

from pophub.core.calendar import Window
from pophub.core.cost.capacity import a_millisecond
from pophub.core.cost.ledger import Ledger
from pophub.core.cost.lives import Life
from pophub.core.cost.money import EXACT, total
from pophub.core.cost.rows import HUB, Row, adding_up, hours
from pophub.core.cost.tariff import Tariff
from pophub.core.cost.timeline import Timeline, moment
from pophub.core.cost.worker import ON_DEMAND

DISKS_AND_ADDRESSES = "disks and addresses"
# a worker that does not reach the hub ends itself after half an hour
ALONE_MS = 30 * 60 * 1000


@dataclass(frozen=True, slots=True)
class MachineRow(Row):
    """Machines of one type and market: how many there were, the most at once, and their hours together."""

    count: int
    most: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Machines:
    """The cost by type and market, which adds up to the report's total, and each worker. `now` of them run at its end."""

    rows: tuple[Row, ...]
    workers: tuple[Life, ...]
    now: int

    @property
    def most_workers(self) -> int:
        """The most at once."""
        return most_at_once(self.workers)

    @property
    def workers_usd(self) -> Decimal:
        """Without disks and addresses."""
        return total(it.usd for it in self.rows if isinstance(it, MachineRow) and not it.what.startswith(HUB))

    @property
    def workers_at_once(self) -> list[tuple[Window, int]]:
        """How many there were, from the first birth to the last end."""
        return [(Window(moment(start), moment(end)), count) for start, end, count in at_once(self.workers)]

    @property
    def worker_hours(self) -> Decimal:
        return hours(sum(it.end - it.start for it in self.workers))


@dataclass(frozen=True, slots=True)
class Ran:
    """A stretch in which a machine ran, in milliseconds since 1970; `usd_an_hour` is None if its price is not known."""

    start: int
    end: int
    type: str
    market: str
    usd_an_hour: Decimal | None
    is_hub: bool = False
    # the end was not recorded; it was at this moment at the latest
    silent_until: int = 0

    @property
    def usd(self) -> Decimal:
        with localcontext(EXACT):
            return a_millisecond(self.usd_an_hour or Decimal(0)) * (self.end - self.start)

    @property
    def what(self) -> str:
        return f"{HUB}, {self.type or 'type not known'}" if self.is_hub else f"workers, {self.type} {self.market}"


def machines_ran(line: Timeline, tariff: Tariff) -> list[Ran]:
    """The runs of the hub's machine, then the workers, each in order of time."""
    prices = {name: price.usd_an_hour for name, price in tariff.machines.items()}
    hub = [
        Ran(it.start, it.end, it.machine, ON_DEMAND, prices.get(it.machine), True, 0 if it.known else it.silent_until)
        for it in line.runs
    ]
    workers = [
        Ran(
            it.start, it.end, it.type, it.market, tariff.worker_usd_an_hour(it.type, it.usd_an_hour),
            silent_until=0 if it.known else min(it.end + ALONE_MS, line.now),
        )
        for it in line.workers
    ]  # fmt: skip
    return [*hub, *workers]


def machines(line: Timeline, account: Ledger, tariff: Tariff) -> Machines | None:
    """The hub's machine by type, the workers by type and market, then what is left. None for an event with one machine."""
    if not account.on_workers:
        return None
    groups: dict[str, list[Ran]] = {}
    for ran in sorted(machines_ran(line, tariff), key=lambda it: (not it.is_hub, it.what)):
        groups.setdefault(ran.what, []).append(ran)
    rows: list[Row] = [_row(what, group) for what, group in groups.items()]
    rows.append(Row(DISKS_AND_ADDRESSES, account.usd - total(row.usd for row in rows)))
    return Machines(adding_up(rows), line.workers, len(line.running_workers))


def workers_usd_an_hour(line: Timeline, tariff: Tariff) -> Decimal | None:
    """USD an hour of the workers that run at the end of the timeline, with disks and addresses; None if not known."""
    prices = [tariff.worker_usd_an_hour(it.type, it.usd_an_hour) for it in line.running_workers]
    known = [total(tariff.worker(usd).values()) for usd in prices if usd is not None]
    return total(known) if len(known) == len(prices) else None


def unpriced_machines(line: Timeline, tariff: Tariff) -> list[str]:
    """The types of machines whose price is not known."""
    hubs = {run.machine or "unnamed machine" for run in line.runs if run.machine not in tariff.machines}
    workers = {it.type for it in line.workers if tariff.worker_usd_an_hour(it.type, it.usd_an_hour) is None}
    return sorted(hubs | workers)


def at_once(spans: Iterable[Life | Ran]) -> list[tuple[int, int, int]]:
    """How many there were: (from, to, how many), in order and without gaps."""
    turns: dict[int, int] = {}
    for span in spans:
        turns[span.start] = turns.get(span.start, 0) + 1
        turns[span.end] = turns.get(span.end, 0) - 1
    found, count = [], 0
    for start, end in pairwise(sorted(turns)):
        count += turns[start]
        found.append((start, end, count))
    return found


def most_at_once(spans: Iterable[Life | Ran]) -> int:
    return max((count for _, _, count in at_once(spans)), default=0)


def _row(what: str, group: Sequence[Ran]) -> MachineRow:
    count = 1 if group[0].is_hub else len(group)
    length = sum(it.end - it.start for it in group)
    return MachineRow(what, total(it.usd for it in group), count, most_at_once(group), hours(length))
