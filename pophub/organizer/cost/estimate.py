"""What an event will cost, estimated before it is deployed: low, expected and high, item by item. It reads no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from pophub.core.calendar import STOP_AFTER, Window
from pophub.core.cost import money, spans
from pophub.core.cost.tariff import ADDRESS, HOMES, HOURS_A_MONTH, MACHINE, ROOT_DISK_GIB, SYSTEM, Tariff
from pophub.organizer.cost.items import SIX_PLACES, Case, Item
from pophub.organizer.cost.worker_items import WORKERS, worker_items
from pophub.organizer.event.assumptions import CASES
from pophub.organizer.event.event import Event
from pophub.organizer.plan.leaving import Leaving
from pophub.organizer.plan.prices import EVERYWHERE, InstanceType, RegionPrices, rate
from pophub.organizer.plan.schedule import Timetable
from pophub.organizer.plan.workers import WorkerPlan

# for the cost of a hub that everybody has forgotten
FORGOTTEN = timedelta(days=30)
FREE_TRAFFIC_GB = 100
# the alarms in stacks/alarms.py and stacks/starts.py
ALARMS = 3
# what an organizer can do to lower an item's cost
LEVERS = {
    MACHINE: "fewer hours, fewer people at once or less memory for each, or arm64",
    WORKERS: "a shorter `idle.server_minutes`, spot, less memory for each, or arm64",
    HOMES: "smaller homes, or an earlier `ends`",
    "traffic": "let people take less out of AWS",
    "snapshot": "delete it as soon as everybody has their work",
    "archive": "smaller homes, or fewer `archive_days`",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """Three cases of one event, with one time of deployment and the prices of one day."""

    event: Event
    instance_type: str
    tariff: Tariff
    deployed: datetime
    ends: datetime
    low: Case
    expected: Case
    high: Case
    notes: tuple[str, ...]
    workers: WorkerPlan | None = None

    @property
    def cases(self) -> tuple[Case, Case, Case]:
        """From the cheapest to the most expensive."""
        return self.low, self.expected, self.high

    @property
    def usd_an_hour_running(self) -> Decimal:
        """The machine, disks and address for an hour, and all workers with theirs."""
        machine = self.tariff.machines[self.instance_type].usd_an_hour
        return machine + self.usd_an_hour_stopped + self._usd_an_hour_of_workers

    @property
    def _usd_an_hour_of_workers(self) -> Decimal:
        if self.workers is None:
            return Decimal(0)
        around = ROOT_DISK_GIB * self.tariff.disk_usd_a_gib_hour + self.tariff.address_usd_an_hour
        return self.workers.count * (self.workers.usd_an_hour + around)

    @property
    def usd_an_hour_stopped(self) -> Decimal:
        """The disks and the address for an hour."""
        return self.tariff.usd_an_hour_stopped(self.event.disk_gib)

    @property
    def usd_forgotten(self) -> Decimal:
        """The cost of 30 days in which nobody stops the machine."""
        return FORGOTTEN // timedelta(hours=1) * self.usd_an_hour_running

    @property
    def against_budget(self) -> str:
        """A sentence that says which cases the budget covers."""
        budget = self.event.budget_usd
        if budget >= self.high.usd:
            return f"the budget of {budget} USD also covers the high case"
        if budget >= self.expected.usd:
            return f"the budget of {budget} USD covers the expected case, not the high one"
        return f"the budget of {budget} USD does not cover the expected case: raise it, or see the drivers"

    @property
    def too_small_a_budget(self) -> str | None:
        """A warning if the hub is expected to use the budget up before the event ends; None if the budget is enough."""
        if self.event.budget_usd >= self.expected.usd:
            return None
        return (
            f"the budget of {self.event.budget_usd} USD is less than the {self.expected.usd:.0f} USD that this event is "
            "expected to cost: the hub will stop for good during the event. Raise `budget_usd`, or see what costs most"
        )


def estimate(
    event: Event,
    machine: InstanceType,
    prices: RegionPrices,
    times: Timetable,
    *,
    deployed: datetime,
    workers: WorkerPlan | None = None,
) -> Estimate:
    """The cost of the event if it is deployed at `deployed`."""
    ends = max(at for rule in times.rules for at in rule.firings())
    low, expected, high = (
        _case(event, machine, prices, times, case, life=(deployed, ends), workers=workers) for case in range(len(CASES))
    )
    notes = tuple(_borrowed(prices))
    return Estimate(event, machine.name, prices.tariff, deployed, ends, low, expected, high, notes, workers)


def snapshot_usd_a_month(region: str, gib: int) -> Decimal:
    """The cost of a full disk's final snapshot; other snapshots cost less, because only written blocks count."""
    return rate("snapshot", region).usd * gib


def _case(
    event: Event,
    machine: InstanceType,
    prices: RegionPrices,
    times: Timetable,
    case: int,
    *,
    life: tuple[datetime, datetime],
    workers: WorkerPlan | None,
) -> Case:
    on = _on(event, times, life[0], case, workers)
    because = f"{machine.name}, {_why_on(event, case, workers)}"
    theirs = worker_items(event, workers, prices, times, case, on=on, deployed=life[0]) if workers else ()
    items = (
        Item(MACHINE, spans.hours(on), "hours", machine.usd_per_hour, because),
        *theirs,
        *_standing(event, prices, life),
        *_small_items(event, prices, case, life),
        *_afterwards(event, prices, case),
    )
    return Case(CASES[case], items, on)


def _on(
    event: Event, times: Timetable, deployed: datetime, case: int, workers: WorkerPlan | None
) -> tuple[Window, ...]:
    """The times in which the machine runs. In the high case only the schedule stops it.

    Beside workers, it runs as long as the last of all people is expected to work.
    """
    scheduled = spans.by_schedule(times.firings("start"), times.firings("stop"), deployed, running=True)
    if CASES[case] == "high":
        return scheduled
    guess, idle = event.assumptions, timedelta(minutes=event.idle.hub_minutes)
    after = spans.timedelta_of(guess.after_hours[case]) + idle
    if workers is not None:
        after = Leaving.of(event, case).hub_after(event.participants)
    first = spans.timedelta_of(guess.setup_hours[case])
    wanted = spans.attended(times.windows, min(after, STOP_AFTER), deployed, first=first, lead=times.lead)
    return tuple(part for span in scheduled for part in spans.clipped(wanted, span.start, span.end))


def _standing(event: Event, prices: RegionPrices, life: tuple[datetime, datetime]) -> Iterator[Item]:
    kept, disk = spans.hours([Window(*life)]), prices.usd("gp3_storage")
    months = (kept / HOURS_A_MONTH).quantize(SIX_PLACES)
    exists = f"as long as the hub exists, {kept / 24:.1f} days"
    yield Item(HOMES, months * event.disk_gib, "GiB-months", disk, f"{event.disk_gib} GiB, {exists}")
    yield Item(SYSTEM, months * ROOT_DISK_GIB, "GiB-months", disk, f"{ROOT_DISK_GIB} GiB, {exists}")
    yield Item(ADDRESS, kept, "hours", prices.usd("public_ipv4"), f"{exists}, also while stopped")


def _small_items(event: Event, prices: RegionPrices, case: int, life: tuple[datetime, datetime]) -> Iterator[Item]:
    months = (spans.hours([Window(*life)]) / HOURS_A_MONTH).quantize(SIX_PLACES)
    first, last = (moment.astimezone(ZoneInfo(event.timezone)).date() for moment in life)
    begun = (last.year - first.year) * 12 + last.month - first.month + 1
    yield Item("zone", Decimal(begun), "months", prices.usd("dns_zone"), f"{event.zone}, billed by the month begun")
    why = f"{ALARMS} of them: a failing host, a start that AWS refuses, a machine that does not run at a session"
    yield Item("alarms", ALARMS * months, "months", prices.usd("alarm"), why)
    if event.has_off_page:
        why = "it shows when the hub is off; requests cost cents, and AWS gives an account 50 checks"
        yield Item("off page", months, "months", prices.usd("health_check"), why)
    people, each, days = _people(event, case), event.assumptions.traffic_gb_a_day[case], len(_days(event))
    free = 0 if CASES[case] == "high" else FREE_TRAFFIC_GB * begun
    why = f"{money.plain(people)} people, {days} days, {each} GB each; free in the account: {free} GB"
    yield Item("traffic", max(Decimal(0), people * each * days - free), "GB", prices.usd("traffic_out"), why)


def _afterwards(event: Event, prices: RegionPrices, case: int) -> Iterator[Item]:
    guess, people = event.assumptions, _people(event, case)
    used = people * event.server.home_gib * guess.home_used[case]
    month = HOURS_A_MONTH / 24
    for what, item, days in (
        ("snapshot", "snapshot", guess.snapshot_days[case]),
        ("archive", "s3_storage", Decimal(event.archive_days)),
    ):
        why = f"{used:.0f} GB of {money.plain(people)} homes, {days} days"
        yield Item(what, (used * days / month).quantize(SIX_PLACES), "GB-months", prices.usd(item), why)


def _people(event: Event, case: int) -> Decimal:
    return event.participants * event.assumptions.present[case]


def _days(event: Event) -> set[date]:
    return {it.first + timedelta(days=day) for it in event.sessions for day in range((it.last - it.first).days + 1)}


def _why_on(event: Event, case: int, workers: WorkerPlan | None) -> str:
    if CASES[case] == "high":
        return "from the deployment on, stopped by nothing but the schedule"
    guess = event.assumptions
    tried = f"{guess.setup_hours[case]} h to try it out; each session, "
    if workers is not None:
        hours = Leaving.of(event, case).hub_after(event.participants) / timedelta(hours=1)
        return f"{tried}{hours:.1f} h after it: until the last has stopped working, and {event.idle.hub_minutes} idle minutes"
    return f"{tried}{guess.after_hours[case]} h after it, and {event.idle.hub_minutes} idle minutes"


def _borrowed(prices: RegionPrices) -> Iterator[str]:
    for item in ("gp3_storage", "snapshot", "s3_storage", "traffic_out", "alarm"):
        found = prices.rates[item]
        if found.region not in (prices.region, EVERYWHERE):
            yield f"the price table has no price of {item} in {prices.region}: the dearest known is taken, {found.region}'s"
