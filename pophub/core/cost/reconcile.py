"""Compare the bill with the meter: what differs, and why. Pure; the rows add up to the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from pophub.core.cost.billed import DISKS, Billed, BilledLine
from pophub.core.cost.capacity import HOUR_MS
from pophub.core.cost.ledger import ledger
from pophub.core.cost.money import MICROS, apportioned, total
from pophub.core.cost.reconcile_machines import BOOT_HOURS, explained, ran_by_type
from pophub.core.cost.rows import Row
from pophub.core.cost.tariff import (
    ADDRESS,
    HOMES,
    HOURS_A_MONTH,
    MACHINE,
    SYSTEM,
    WORKER_ADDRESSES,
    WORKER_DISKS,
    Tariff,
)
from pophub.core.cost.timeline import Timeline, milliseconds

PARTS = (MACHINE, HOMES, SYSTEM, ADDRESS, WORKER_DISKS, WORKER_ADDRESSES)
UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of cost, as metered and as billed."""

    what: str
    metered: Decimal
    billed: Decimal


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Both sums for the time that is completely billed, and the rows that lead from one to the other."""

    since: datetime
    until: datetime
    metered: Decimal
    billed: Decimal
    by_kind: tuple[Compared, ...]
    because: tuple[Row, ...]

    @property
    def unexplained(self) -> Decimal:
        """The difference that no known reason explains."""
        return self.because[-1].usd


@dataclass(frozen=True, slots=True)
class _Paid:
    """The machine's metered cost, its billed cost, and the hours that AWS billed on each day."""

    metered: Decimal
    charged: Decimal
    counted: Mapping[date, Decimal]

    @property
    def hours(self) -> Decimal:
        return total(self.counted.values())


def reconcile(line: Timeline, tariff: Tariff, billed: Billed, span: tuple[datetime, datetime]) -> Reconciled | None:
    """The comparison; None if nothing can be compared: no billed line, another currency, no complete day, or no record."""
    since, until = span[0], min(span[1], billed.settled)
    # a day that began before `until` is billed as a whole
    lines = [it for it in billed.lines if datetime.combine(it.day, time(), UTC) < until]
    if not lines or until <= since or billed.currency != tariff.currency or not line.runs:
        return None
    metered = _metered(line, tariff, since, until)
    named = [(it.machine if line.on_workers and it.kind == MACHINE else it.kind, it) for it in lines]
    charged = {kind: total(it.amount for other, it in named if other == kind) for kind in dict(named)}
    kinds = [*metered, *sorted(set(charged) - set(metered))]
    why = [*_not_metered(charged, metered), *_month_lengths(line, tariff, since, until)]
    if line.on_workers:
        why += explained(ran_by_type(line, tariff, milliseconds(since), milliseconds(until)), lines)
    else:
        why += _machine(line, tariff, (since, until), _paid(metered, lines))
    ours, theirs = total(metered.values()), total(charged.values())
    rest = theirs - ours - total(row.usd for row in why)
    amounts = apportioned([ours, *(row.usd for row in why), rest], MICROS)
    reasons = [*(row.what for row in why), UNEXPLAINED]
    return Reconciled(
        since,
        until,
        amounts[0],
        total(amounts),
        tuple(Compared(kind, metered.get(kind, Decimal(0)), charged.get(kind, Decimal(0))) for kind in kinds),
        tuple(Row(what, usd) for what, usd in zip(reasons, amounts[1:], strict=True)),
    )


def _metered(line: Timeline, tariff: Tariff, since: datetime, until: datetime) -> dict[str, Decimal]:
    """The metered cost by kind; with workers, each type and market of machines is a kind."""
    first, last = milliseconds(since), milliseconds(until)
    cells = ledger(line, tariff, first, last).cells
    parts = {part: total(cell.parts[part] for cell in cells if part in cell.parts) for part in PARTS}
    machines = {MACHINE: parts[MACHINE]}
    if line.on_workers:
        groups = ran_by_type(line, tariff, first, last)
        machines = {name: total(ran.usd for ran in group) for name, group in groups.items()}
    disks, addresses = (parts[HOMES] + parts[SYSTEM] + parts[WORKER_DISKS], parts[ADDRESS] + parts[WORKER_ADDRESSES])
    return {**machines, DISKS: disks, ADDRESS: addresses}


def _paid(metered: Mapping[str, Decimal], lines: Iterable[BilledLine]) -> _Paid:
    machine = [it for it in lines if it.kind == MACHINE]
    counted = {day: total(it.quantity for it in machine if it.day == day) for day in sorted({it.day for it in machine})}
    return _Paid(metered[MACHINE], total(it.amount for it in machine), counted)


def _not_metered(charged: Mapping[str, Decimal], metered: Mapping[str, Decimal]) -> Iterator[Row]:
    for kind, amount in sorted(charged.items()):
        if kind not in metered and amount:
            yield Row(f"{kind}: billed, and not metered", amount)


def _month_lengths(line: Timeline, tariff: Tariff, since: datetime, until: datetime) -> Iterator[Row]:
    """AWS divides a disk's monthly price by the hours of the actual month, the meter by those of an average month."""
    difference = Decimal(0)
    start = since
    while start < until:
        month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = (month + timedelta(days=32)).replace(day=1)
        end = min(following, until)
        disks = _metered(line, tariff, start, end)[DISKS]
        difference += disks * (HOURS_A_MONTH / ((following - month) // timedelta(hours=1)) - 1)
        start = end
    if difference:
        yield Row("disks: AWS counts by the hours of each month, the meter by 730", difference)


def _machine(line: Timeline, tariff: Tariff, span: tuple[datetime, datetime], paid: _Paid) -> Iterator[Row]:
    """Differences in price and in hours. Both need one single instance type with a known price."""
    names = {run.machine for run in line.runs}
    price = tariff.machines.get(next(iter(names))) if len(names) == 1 else None
    if price is None or not paid.hours:
        return
    at_list = paid.hours * price.usd_an_hour
    each = paid.charged / paid.hours
    if round(each, 4) != round(price.usd_an_hour, 4):
        yield Row(f"machine: AWS charged {each:.4f} an hour, the list says {price.usd_an_hour}", paid.charged - at_list)
    first, last = map(milliseconds, span)
    boots = BOOT_HOURS * sum(run.start < last and run.end > first for run in line.runs)
    more = paid.hours - paid.metered / price.usd_an_hour
    silent = total(_silent(line, day, counted) for day, counted in paid.counted.items())
    if 0 < more <= boots:
        yield Row("machine: the seconds before each boot", more * price.usd_an_hour)
    elif more > 0 and silent:
        yield Row("machine: hours in which the meter was silent", min(more, silent + boots) * price.usd_an_hour)


def _silent(line: Timeline, day: date, counted: Decimal) -> Decimal:
    """The hours that AWS billed on a day and that can belong to a running machine whose meter recorded nothing."""
    start = datetime.combine(day, time(), UTC)
    first, last = milliseconds(start), milliseconds(start + timedelta(days=1))
    metered = sum(_within(run.start, run.end, first, last) for run in line.runs)
    silent = sum(_within(run.end, run.silent_until, first, last) for run in line.runs if not run.known)
    return max(Decimal(0), min(Decimal(silent) / HOUR_MS, counted - Decimal(metered) / HOUR_MS))


def _within(start: int, end: int, first: int, last: int) -> int:
    return max(0, min(end, last) - max(start, first))
