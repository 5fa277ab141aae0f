"""Why the bill for machines of several types differs from the meter: the price and the hours of each type and market. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from pophub.core.cost.billed import BilledLine
from pophub.core.cost.capacity import HOUR_MS
from pophub.core.cost.machines import Ran, machines_ran
from pophub.core.cost.money import total
from pophub.core.cost.rows import Row
from pophub.core.cost.tariff import Tariff
from pophub.core.cost.timeline import Timeline

# AWS counts from the instance's start; the kernel and our meter start some seconds later
BOOT_HOURS = Decimal("0.02")


def ran_by_type(line: Timeline, tariff: Tariff, first: int, last: int) -> dict[str, list[Ran]]:
    """The machines with a known price between two moments, by type and market as in `r7i.2xlarge spot`."""
    groups: dict[str, list[Ran]] = {}
    for ran in machines_ran(line, tariff):
        inside = replace(ran, start=max(ran.start, first), end=min(ran.end, last))
        if inside.end > inside.start and ran.usd_an_hour is not None:
            groups.setdefault(f"{ran.type} {ran.market}", []).append(inside)
    return groups


def explained(groups: dict[str, list[Ran]], lines: Iterable[BilledLine]) -> Iterator[Row]:
    """The rows of every type that was both metered and billed."""
    billed: dict[str, list[BilledLine]] = {}
    for it in lines:
        billed.setdefault(it.machine, []).append(it)
    for name, group in sorted(groups.items()):
        yield from _rows(name, group, billed.get(name, []))


def _rows(name: str, group: Sequence[Ran], billed: Sequence[BilledLine]) -> Iterator[Row]:
    hours, charged = total(it.quantity for it in billed), total(it.amount for it in billed)
    ours = Decimal(sum(it.end - it.start for it in group)) / HOUR_MS
    if not hours:
        return
    price, each = total(it.usd for it in group) / ours, charged / hours
    if round(each, 4) != round(price, 4):
        yield Row(f"{name}: AWS charged {each:.4f} an hour, the meter counted {price:.4f}", charged - hours * price)
    more, starts = hours - ours, BOOT_HOURS * len(group)
    silent = Decimal(sum(max(0, it.silent_until - it.end) for it in group)) / HOUR_MS
    if more and abs(more) <= starts:
        yield Row(f"{name}: the seconds around each start", more * price)
    elif more > 0 and silent:
        yield Row(f"{name}: hours in which the meter was silent", min(more, silent + starts) * price)
