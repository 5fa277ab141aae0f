"""What an event's workers are estimated to cost: machines, disks and addresses, for as long as each worker is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from pophub.core.calendar import Window
from pophub.core.cost import spans
from pophub.core.cost.tariff import HOURS_A_MONTH, ROOT_DISK_GIB
from pophub.organizer.cost.items import SIX_PLACES, Item
from pophub.organizer.event.assumptions import CASES
from pophub.organizer.event.event import Event
from pophub.organizer.plan.leaving import Leaving
from pophub.organizer.plan.prices import RegionPrices
from pophub.organizer.plan.schedule import Timetable
from pophub.organizer.plan.server_limit import server_limit
from pophub.organizer.plan.workers import SPOT_OFF, WorkerPlan

WORKERS, DISKS, ADDRESSES = "workers", "workers' disks", "workers' addresses"


def worker_items(
    event: Event,
    workers: WorkerPlan,
    prices: RegionPrices,
    times: Timetable,
    case: int,
    *,
    on: tuple[Window, ...],
    deployed: datetime,
) -> Iterator[Item]:
    """`on` are the times in which the hub runs in this case; a worker cannot be there without it."""
    hours = _hours(event, workers, times, case, on=on, deployed=deployed)
    name = f"{_count(event, workers, case)} {workers.machine.name} of {workers.slots} servers each"
    there = _how_long(event, workers, case)
    usd, price = _price(workers, case)
    months = (hours / HOURS_A_MONTH).quantize(SIX_PLACES)
    disk = f"{ROOT_DISK_GIB} GiB of each worker, while it is there"
    yield Item(WORKERS, hours, "hours", usd, f"{name}, {price}; {there}")
    yield Item(DISKS, months * ROOT_DISK_GIB, "GiB-months", prices.usd("gp3_storage"), disk)
    yield Item(ADDRESSES, hours, "hours", prices.usd("public_ipv4"), "one of each worker, while it is there")


def _hours(
    event: Event, workers: WorkerPlan, times: Timetable, case: int, *, on: tuple[Window, ...], deployed: datetime
) -> Decimal:
    """The hours of all workers together. One alone is there while the hub is tried out before the first session."""
    if CASES[case] == "high":
        full, tried = tuple(_until_the_stop(times, on)), on
    else:
        habits = Leaving.of(event, case)
        after = habits.worker_after(event.participants, workers.slots)
        full = _within(spans.attended(times.windows, after, deployed, lead=times.lead), on)
        first = spans.timedelta_of(event.assumptions.setup_hours[case])
        tried = _within([Window(deployed, deployed + first)], on)
    alone = spans.hours(spans.joined([*full, *tried])) - spans.hours(full)
    return _count(event, workers, case) * spans.hours(full) + alone


def _count(event: Event, workers: WorkerPlan, case: int) -> int:
    """In the high case, workers for the spare servers too."""
    return min(workers.most, -(-server_limit(event) // workers.slots)) if CASES[case] == "high" else workers.count


def _until_the_stop(times: Timetable, on: Sequence[Window]) -> Iterator[Window]:
    """Each time in which the hub runs, from the growth for the first session in it."""
    for span in on:
        inside = [it.start for it in times.windows if it.start < span.end and it.end > span.start]
        if inside:
            yield Window(max(span.start, min(inside) - times.lead), span.end)


def _within(wanted: Sequence[Window], on: Sequence[Window]) -> tuple[Window, ...]:
    return tuple(part for span in on for part in spans.clipped(wanted, span.start, span.end))


def _price(workers: WorkerPlan, case: int) -> tuple[Decimal, str]:
    """The price of an hour of one machine, and what it is.

    If no other maximum is given, the most that a spot instance costs is the price on demand:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-price-overrides.html
    """
    if not workers.spot:
        return workers.usd_an_hour, "on demand"
    if CASES[case] == "high":
        return workers.machine.usd_per_hour, "spot at the price on demand, its maximum"
    return workers.usd_an_hour, f"spot, assumed {SPOT_OFF:.0%} below the price on demand"


def _how_long(event: Event, workers: WorkerPlan, case: int) -> str:
    if CASES[case] == "high":
        return "until the schedule stops them"
    minutes = Leaving.of(event, case).worker_after(event.participants, workers.slots).total_seconds() / 60
    return f"each until its last server is gone, {minutes / 60:.1f} h after a session"
