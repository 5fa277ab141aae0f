"""The plan of an event, calculated once and passed on. It reads no cloud and no clock: prices and `now` are arguments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pophub.core.errors import PophubError
from pophub.core.figures import OLD_TABLE
from pophub.organizer.cost.estimate import Estimate, estimate
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import listed
from pophub.organizer.login import provider_of
from pophub.organizer.plan.pin import Pin, Unread
from pophub.organizer.plan.places import counted, places
from pophub.organizer.plan.prestart import prestart, seats
from pophub.organizer.plan.prices import RegionPrices
from pophub.organizer.plan.schedule import Timetable, timetable
from pophub.organizer.plan.sizing import Sizing, size, size_elsewhere

UNREAD = (
    "it is not known whether the event is deployed, because AWS could not be asked ({reason}): "
    "a deployed hub keeps its machine and its prices"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """An event and everything that is calculated from it.

    `planned` is the cost if the event is deployed `assumptions.deploy_days_before` days before its first session,
    `today` the cost if it is deployed now; both are None if the machine's price is unknown. `seats` is None if servers
    are not started before a session.
    """

    event: Event
    prices: RegionPrices
    sizing: Sizing
    timetable: Timetable
    login: str
    places: int
    places_reason: str
    seats: int | None
    prestart_reason: str
    planned: Estimate | None
    today: Estimate | None
    pin: Pin | Unread | None
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
        return Pin(self.instance_type, self.prices)


def make_plan(
    event: Event, table: RegionPrices, *, now: datetime, pin: Pin | Unread | None = None, at_once: bool = False
) -> Plan:
    """Calculate the whole plan.

    `table` has today's prices; `at_once` means that the event is deployed now, not shortly before its first session.

    Raises:
        PophubError: no machine fits the event; the error's `field` names the key to change.
    """
    kept = _kept(event, pin)
    prices = pin.prices if isinstance(pin, Pin) and kept else table
    plan = _plan(event, prices, kept or size(event, table), pin, now)
    first = plan.timetable.windows[0].start
    planned = (first - timedelta(days=event.assumptions.deploy_days_before)).date()
    return replace(
        plan,
        warnings=(
            *plan.sizing.warnings,
            *_about_event(event),
            *_about_budget(event, now.date() if at_once else max(now.date(), planned)),
            *_about_pin(plan),
            *([] if plan.is_pinned else _about_prices(prices, now.date())),
        ),
    )


def plan_elsewhere(event: Event, table: RegionPrices, *, now: datetime) -> Plan:
    """The plan for a server that need not be an AWS machine: it is not an error if no AWS machine fits."""
    try:
        return make_plan(event, table, now=now)
    except PophubError:
        return _plan(event, table, size_elsewhere(event), None, now)


def _plan(event: Event, prices: RegionPrices, sizing: Sizing, pin: Pin | Unread | None, now: datetime) -> Plan:
    times, machine = timetable(event), sizing.machine
    starts_servers, why = prestart(event, machine)
    planned = times.windows[0].start - timedelta(days=event.assumptions.deploy_days_before)
    return Plan(
        event,
        prices,
        sizing,
        times,
        sign_in(event),
        places(event),
        counted(event, machine),
        seats(event, machine) if machine and starts_servers else None,
        why,
        estimate(event, machine, prices, times, deployed=planned) if machine else None,
        estimate(event, machine, prices, times, deployed=now) if machine else None,
        pin,
        (),
    )


def _kept(event: Event, pin: Pin | Unread | None) -> Sizing | None:
    """The machine of the first deployment; None if the event file now names another, or if it is no longer large enough."""
    if not isinstance(pin, Pin) or pin.prices.region != event.region:
        return None
    try:
        found = size(event, pin.prices, keep=pin.instance_type)
    except PophubError:
        return None
    return found if found.instance_type == pin.instance_type else None


def _about_pin(plan: Plan) -> list[str]:
    match plan.pin:
        case Unread(reason):
            return [UNREAD.format(reason=reason)]
        case Pin(before, _) if not plan.is_pinned:
            named = plan.event.host.instance_type is not None
            why = "as `host.instance_type` says" if named else f"because {before} does not hold this event any more"
            return [f"the event is deployed with {before}; the next deploy makes it {plan.instance_type}, {why}"]
    return []


def sign_in(event: Event) -> str:
    """A sentence that says who may sign in."""
    admins = event.login.admins
    return provider_of(event.login).people() + (f"; helpers: {listed(admins, 'and')}" if admins else "")


def _about_event(event: Event) -> list[str]:
    of_login = provider_of(event.login).warning
    checks = [
        (not event.contact, "`contact` is empty: nobody gets a mail when the budget runs out or the hub does not start"),
        (not event.login.admins, f"`login.{event.login.kind}.admins` is empty: nobody can help a participant in the hub"),
        (of_login, of_login),
        (event.tls.mode == "staging", "`tls.mode: staging` gives a certificate that browsers warn of"),
        (event.tls.mode == "none", "`tls.mode: none` sends passwords in the clear: for the lab only"),
    ]  # fmt: skip
    return [warning for holds, warning in checks if holds]


def _about_budget(event: Event, deployed: date) -> list[str]:
    """Warn if the year changes between `deployed` and the end of the event.

    Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html, TimeUnit.
    """
    if deployed.year >= event.ends.year:
        return []
    return [
        f"from the deployment on {deployed} to `ends` on {event.ends} the year changes: AWS may count the budget anew from "
        f"{event.ends.year}-01-01 and stop the hub only at {event.budget_usd} USD of that year. The hub's own count goes "
        "on, and stops it in time"
    ]


def _about_prices(prices: RegionPrices, today: date) -> list[str]:
    tables = [
        ("the price table is", prices.as_of, "`pophub prices` asks AWS for today's"),
        ("prices of addresses, snapshots, archive and zone are", prices.others_as_of, "see pophub/organizer/plan/data"),
    ]  # fmt: skip
    return [
        f"{which} {(today - day).days} days old, of {day}: {remedy}"
        for which, day, remedy in tables
        if today - day > OLD_TABLE
    ]
