"""The plan of an event, calculated once and passed on. It reads no cloud and no clock: prices and `now` are arguments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pophub.core.calendar import LEAD
from pophub.core.errors import PophubError
from pophub.organizer.cost.estimate import Estimate, estimate
from pophub.organizer.event.event import Event
from pophub.organizer.event.login_provider import listed
from pophub.organizer.event.sections import Workers
from pophub.organizer.plan.comparison import Comparison, compare
from pophub.organizer.plan.pin import STRICT_TLS, Pin, Unread
from pophub.organizer.plan.prestart import prestart, slots
from pophub.organizer.plan.prices import RegionPrices
from pophub.organizer.plan.schedule import Timetable, timetable
from pophub.organizer.plan.server_limit import counted, server_limit
from pophub.organizer.plan.sizing import NoMachineFits, Sizing, size, size_elsewhere
from pophub.organizer.plan.warnings import about_budget, about_event, about_prices
from pophub.organizer.plan.workers import WorkerPlan, plan_workers

UNREAD = (
    "it is not known whether the event is deployed, because AWS could not be asked ({reason}): "
    "a deployed hub keeps its machine and its prices"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """An event and everything that is calculated from it.

    `planned` is the cost if the event is deployed `assumptions.deploy_days_before` days before its first session,
    `today` the cost if it is deployed now; both are None if the machine's price is unknown. `slots` is None if servers
    are not started before a session. `workers` is None if the event has one machine; `comparison` is None if the machine's
    price is unknown.
    """

    event: Event
    prices: RegionPrices
    sizing: Sizing
    timetable: Timetable
    login: str
    server_limit: int
    server_limit_reason: str
    slots: int | None
    prestart_reason: str
    planned: Estimate | None
    today: Estimate | None
    pin: Pin | Unread | None
    workers: WorkerPlan | None
    comparison: Comparison | None
    warnings: tuple[str, ...]

    @property
    def instance_type(self) -> str:
        """The machine's type; empty if the server is not an AWS machine."""
        return self.sizing.instance_type

    @property
    def cost(self) -> Estimate | None:
        """The cost if the event is deployed on the planned day, or now if that day has passed."""
        if self.planned is None or self.today is None:
            return None
        return max(self.planned, self.today, key=lambda it: it.deployed)

    @property
    def is_pinned(self) -> bool:
        """Whether the machine and the prices are those of the event's first deployment."""
        return isinstance(self.pin, Pin) and self.prices is self.pin.prices

    @property
    def new_pin(self) -> Pin:
        """The pin that a deployment of this plan stores."""
        https_only = self.event.domain if self.event.tls.mode in STRICT_TLS else ""
        return Pin(self.instance_type, self.prices, self.workers.machine.name if self.workers else "", https_only)


def make_plan(
    event: Event,
    table: RegionPrices,
    *,
    now: datetime,
    pin: Pin | Unread | None = None,
    at_once: bool = False,
    several: bool = True,
) -> Plan:
    """Calculate the whole plan.

    `table` has today's prices; `at_once` means that the event is deployed now, not shortly before its first session.
    An event that no single machine holds gets workers, unless `several` is False.

    Raises:
        PophubError: no machine fits the event; the error's `field` names the key to change.
    """
    wanted = _wanted(event, table, pin) if several else event.workers
    kept = _kept(event, pin, wanted)
    prices = pin.prices if isinstance(pin, Pin) and kept else table
    sizing = kept or size(event, table, alone=wanted is not None)
    plan = _plan(event, prices, sizing, now=now, pin=pin, wanted=wanted)
    first = plan.timetable.windows[0].start
    planned = (first - timedelta(days=event.assumptions.deploy_days_before)).date()
    return replace(
        plan,
        warnings=(
            *plan.sizing.warnings,
            *about_event(event, several=plan.workers is not None),
            *about_budget(event, now.date() if at_once else max(now.date(), planned)),
            *_about_pin(plan),
            *([] if plan.is_pinned else about_prices(prices, now.date())),
        ),
    )


def plan_elsewhere(event: Event, table: RegionPrices, *, now: datetime) -> Plan:
    """The plan for a server that need not be an AWS machine: it is not an error if no AWS machine fits."""
    try:
        return make_plan(event, table, now=now, several=False)
    except PophubError:
        if event.workers is not None:
            raise
        return _plan(event, table, size_elsewhere(event), now=now)


def _plan(
    event: Event,
    prices: RegionPrices,
    sizing: Sizing,
    *,
    now: datetime,
    pin: Pin | Unread | None = None,
    wanted: Workers | None = None,
) -> Plan:
    workers = plan_workers(event, wanted, prices, keep=pin.workers if isinstance(pin, Pin) else "")
    times, machine = timetable(event, workers.lead if workers else LEAD), sizing.machine
    starts_servers, why = prestart(event, machine, workers)
    planned = times.windows[0].start - timedelta(days=event.assumptions.deploy_days_before)
    return Plan(
        event,
        prices,
        sizing,
        times,
        sign_in(event),
        server_limit(event),
        counted(event, machine, workers),
        slots(event, machine, workers) if machine and starts_servers else None,
        why,
        estimate(event, machine, prices, times, deployed=planned, workers=workers) if machine else None,
        estimate(event, machine, prices, times, deployed=now, workers=workers) if machine else None,
        pin,
        workers,
        compare(event, prices, sizing, workers),
        (),
    )


def _wanted(event: Event, table: RegionPrices, pin: Pin | Unread | None) -> Workers | None:
    """The workers that the event file asks for, or that are needed because no machine holds everybody.

    A new price table with a larger machine does not take the workers of a deployed event away.
    """
    if event.workers is not None or event.login.provider.makes_accounts:
        return event.workers
    deployed = isinstance(pin, Pin) and pin.workers and pin.prices.region == event.region
    try:
        size(event, pin.prices if isinstance(pin, Pin) and deployed else table)
    except NoMachineFits:
        return Workers()
    return None


def _kept(event: Event, pin: Pin | Unread | None, wanted: Workers | None) -> Sizing | None:
    """The machine of the first deployment; None if the event file now asks for others, or if it is no longer large enough."""
    if not isinstance(pin, Pin) or pin.prices.region != event.region or (wanted is None) != (not pin.workers):
        return None
    if wanted is not None and wanted.type not in (None, pin.workers):
        return None
    try:
        found = size(event, pin.prices, keep=pin.instance_type, alone=wanted is not None)
    except PophubError:
        return None
    return found if found.instance_type == pin.instance_type else None


def _about_pin(plan: Plan) -> list[str]:
    match plan.pin:
        case Unread(reason):
            return [UNREAD.format(reason=reason)]
        case Pin() as pin if not plan.is_pinned or plan.new_pin.workers != pin.workers:
            new = plan.new_pin
            return [
                f"the event is deployed with {pin.machines}; the next deploy makes it {new.machines}, {_why(plan, pin)}"
            ]
    return []


def _why(plan: Plan, before: Pin) -> str:
    """Why the machines are not those of the first deployment."""
    new, wanted = plan.new_pin, plan.event.workers
    if bool(new.workers) != bool(before.workers) and (wanted is not None or before.workers):
        return "as `workers` says"
    if wanted is not None and wanted.type not in (None, before.workers):
        return "as `workers.type` says"
    if plan.event.host.instance_type is not None:
        return "as `host.instance_type` says"
    kept = new.instance_type == before.instance_type
    return f"because {before.workers if kept else before.instance_type} does not hold this event any more"


def sign_in(event: Event) -> str:
    """A sentence that says who may sign in."""
    admins = event.login.admins
    return event.login.provider.people() + (f"; helpers: {listed(admins, 'and')}" if admins else "")
