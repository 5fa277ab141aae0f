"""One machine beside several: what the machines of each way are expected to cost, and which way suits the event. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from pophub.core.calendar import LEAD
from pophub.core.cost import spans
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.event.sections import Workers
from pophub.organizer.plan.leaving import Leaving
from pophub.organizer.plan.prices import InstanceType, RegionPrices
from pophub.organizer.plan.schedule import windows
from pophub.organizer.plan.sizing import NoMachineFits, Sizing, size
from pophub.organizer.plan.workers import EXPECTED, WorkerPlan, plan_workers, worker_usd

# workers that save a smaller share are not worth their risks
WORTH_IT = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run the event; `workers` is None for one machine.

    `usd` is the expected cost of its machines in all sessions, with the disks and addresses of workers. It does not contain
    what both ways have in common: homes, the hub's disk and address.
    """

    machine: InstanceType
    workers: WorkerPlan | None
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """`one` is None if no single machine holds everybody; `several` is None if workers are not possible (`but` says why)."""

    one: Way | None
    several: tuple[Way, Way] | None
    but: str = ""

    def more(self, way: Way) -> Decimal | None:
        """How much more than one machine this way costs, as a share of that; negative if it costs less."""
        return None if self.one is None else way.usd / self.one.usd - 1

    @property
    def advice(self) -> str:
        """A sentence that says which way suits the event."""
        if self.several is None:
            return f"one machine: {self.but}"
        more = self.more(self.several[0])
        if more is None:
            return "several machines: no single one holds everybody at once"
        if more > -WORTH_IT:
            return f"one machine suits it: workers on demand cost {difference(more)}, and bring risks of their own"
        return f"several machines suit it: workers on demand cost {difference(more)}"


def difference(more: Decimal) -> str:
    """A share as words: 7% less, or 3% more."""
    return f"{abs(more):.0%} {'less' if more < 0 else 'more'}"


def compare(event: Event, prices: RegionPrices, sizing: Sizing, workers: WorkerPlan | None) -> Comparison | None:
    """Compare the plan's machines with the other way; None if the price of its machine is not known."""
    if sizing.machine is None:
        return None
    one, hub = (sizing.machine, None) if workers is None else (_one(event, prices), sizing.machine)
    alone = None if one is None else Way(one, None, _machine_usd(event, one))
    try:
        several = workers or _workers(event, prices)
        hub = hub or size(_free(event), prices, alone=True).machine
    except PophubError as error:
        return Comparison(alone, None, error.problem)
    assert several is not None
    assert hub is not None
    on_demand, on_spot = (_way(event, prices, hub, replace(several, spot=spot)) for spot in (False, True))
    return Comparison(alone, (on_demand, on_spot))


def _one(event: Event, prices: RegionPrices) -> InstanceType | None:
    try:
        return size(_free(event), prices).machine
    except NoMachineFits:
        return None


def _workers(event: Event, prices: RegionPrices) -> WorkerPlan | None:
    if event.login.provider.makes_accounts:
        raise PophubError("people are Unix accounts of its machine")
    return plan_workers(event, Workers(), prices)


def _free(event: Event) -> Event:
    """The event without the machine type in its file, because that is meant for the chosen way."""
    return event.model_copy(update={"host": event.host.model_copy(update={"instance_type": None})})


def _way(event: Event, prices: RegionPrices, hub: InstanceType, workers: WorkerPlan) -> Way:
    usd = _machine_usd(event, hub, workers) + worker_usd(event, workers, prices)
    return Way(hub, workers, usd)


def _machine_usd(event: Event, machine: InstanceType, workers: WorkerPlan | None = None) -> Decimal:
    found, lead = windows(event), LEAD if workers is None else workers.lead
    after = Leaving.of(event, EXPECTED).hub_after(event.participants)
    return spans.hours(spans.attended(found, after, found[0].start - lead, lead=lead)) * machine.usd_per_hour
