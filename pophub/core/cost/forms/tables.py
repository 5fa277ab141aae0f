"""The report's tables as text, for every format that people read: cents that add up, hours, days. No markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pophub.core.cost.machines import MachineRow
from pophub.core.cost.money import apportioned, shown
from pophub.core.cost.reconcile import Reconciled
from pophub.core.cost.report import Report
from pophub.core.cost.rows import HUB, PersonRow, Row, TimeRow
from pophub.core.cost.steps import Reached

# more participants than this become one row; formats that can fold a table also show each of them
MOST_PEOPLE = 12
# what cost-watch does at each step of the budget (pophub/hub/watch/terms.py)
DOES = {
    80: "the organizer is told",
    90: "idle times are halved",
    95: "no new servers outside of sessions",
    100: "the hub stops after its warning, in a session with its end",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its head, its rows and its total as the last row. The first column is text, the others are figures."""

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]


def sheets(report: Report, *, people: bool) -> Iterator[Sheet]:
    """Every table of the report; no table if the total is not known.

    Without `people`, many participants become one row.
    """
    currency = report.basis.tariff.currency
    if report.usd is None:
        return
    yield _sheet("parts", "What was paid for", ("", currency), report.parts)
    if report.machines:
        yield _by_machine(report.machines.rows, currency)
    yield _by_whom(report, currency, people=people)
    yield _by_time("days", "Day by day", report.days, currency)
    yield _by_time("sessions", "Session by session", report.sessions, currency)
    if report.reconciled:
        yield from _compared(report.reconciled, currency)


def facts(report: Report) -> list[tuple[str, str]]:
    """The figures that are in no table, each with its name."""
    tariff = report.basis.tariff
    scope = f"{tariff.currency}, list prices of {tariff.as_of} in {tariff.region}, before tax and credits"
    return [
        ("spent so far", spent(report)),
        ("budget", f"{shown(report.basis.budget)}{_percent(report)}"),
        *((f"at {it.percent} % of it", _step(report, it)) for it in report.steps),
        ("now", _now(report)),
        *_expectations(report),
        *(_uses(report) if report.usd is not None else ()),
        *_bill(report),
        ("prices", scope),
    ]


def _now(report: Report) -> str:
    if report.gone:
        return "the hub is destroyed and costs nothing any more"
    if report.usd is None:
        return "nothing of the hub is metered"
    machine = HUB if report.machines else "the machine"
    states = {True: f"{machine} runs", False: f"{machine} is stopped", None: f"whether {machine} runs is not known"}
    workers = ""
    if report.machines and report.running:
        workers = f", and {report.machines.now} worker{'s' * (report.machines.now != 1)}"
    return f"{states[report.running]}{workers}; {shown(report.usd_an_hour)} an hour"


def _step(report: Report, step: Reached) -> str:
    return (
        f"{when(report, step)}, {shown(step.spent_usd)} of {shown(step.budget_usd)} spent: {DOES.get(step.percent, '')}"
    )


def when(report: Report, step: Reached) -> str:
    """When a step was reached, in the event's time zone."""
    return "time not known" if step.at is None else f"{local(report, step.at):%Y-%m-%d %H:%M}"


def _expectations(report: Report) -> Iterator[tuple[str, str]]:
    ahead, basis = report.forecast, report.basis
    if ahead:
        low, expected, high = map(shown, (ahead.low, ahead.expected, ahead.high))
        cells = f"{expected} by the schedule; {low} if it stops whenever it is idle, {high} always on"
        yield f"forecast to {local(report, basis.ends):%-d %B}", cells
    if basis.estimated:
        low, expected, high = map(shown, basis.estimated)
        yield "estimated before", f"{expected}; {low} to {high}, with what comes after the event"


def _uses(report: Report) -> Iterator[tuple[str, str]]:
    use = report.use
    name = HUB if report.machines else "machine"
    yield name, f"{use.hours_on:,.1f} hours on, {use.hours_off:,.1f} off; stopping it saved {shown(use.saved_usd)}"
    if report.machines:
        workers, most = len(report.machines.workers), report.machines.most_workers
        yield "workers", f"{workers} in all, {most} at most at once; {report.machines.worker_hours:,.1f} hours together"
    yield "idle", f"{use.idle_hours:,.1f} hours on with nobody there: {shown(use.idle_usd)}"
    if wakes := use.wakes:
        on, usd = sum(it.hours for it in wakes), sum(it.usd for it in wakes)
        yield (
            "from its page",
            f"started {len(wakes)} time{'s' * (len(wakes) != 1)}; {on:,.1f} hours on: {shown(Decimal(usd))}",
        )
    people = f"{use.people} came, {report.basis.participants} were planned for"
    yield "people", f"{people}; {use.person_hours:,.1f} person-hours, {shown(use.usd_a_person_hour, 3)} each"


def _bill(report: Report) -> Iterator[tuple[str, str]]:
    billed = report.billed
    if billed:
        amount = f"{shown(billed.amount)} {billed.currency}" if billed.lines else "not known"
        fee = f"; asking cost {shown(billed.fee)} USD" if billed.requests else ""
        yield "billed by AWS", f"{amount}, complete until {billed.settled:%Y-%m-%d}{fee}"


def spent(report: Report, currency: str = "") -> str:
    """The total, with "at least" if some hours have no price."""
    least = "at least " if report.usd is not None and report.unpriced_hours else ""
    return least + shown(report.usd, currency=currency)


def local(report: Report, moment: datetime) -> datetime:
    return moment.astimezone(report.basis.zone)


def span(report: Report) -> str:
    """The first and the last moment of the report."""
    first, last = local(report, report.since), local(report, report.until)
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M %Z}"


def _percent(report: Report) -> str:
    return "" if report.usd is None else f"; {report.usd / report.basis.budget:.0%} of it is spent"


def _sheet(name: str, title: str, head: tuple[str, ...], rows: Sequence[Row]) -> Sheet:
    cents = apportioned([row.usd for row in rows])
    cells = tuple((row.what, shown(cent)) for row, cent in zip(rows, cents, strict=True))
    return Sheet(name, title, head, cells, ("total", shown(sum(cents, Decimal(0)))))


def _by_whom(report: Report, currency: str, *, people: bool) -> Sheet:
    """Rounds all rows once, so that one row for many participants costs what their single rows cost together."""
    rows: list[Row] = list(report.whom)
    cents = apportioned([row.usd for row in rows])
    count = len(report.people)
    if not people and count > MOST_PEOPLE:
        all_ = PersonRow(
            f"{count} participants",
            sum((row.usd for row in report.people), Decimal(0)),
            sum((row.hours for row in report.people), Decimal(0)),
            sum((row.gib_hours for row in report.people), Decimal(0)),
            sum(row.servers for row in report.people),
        )
        rows[:count], cents[:count] = [all_], [sum(cents[:count], Decimal(0))]
    cells = tuple((row.what, *_hours(row), shown(cent)) for row, cent in zip(rows, cents, strict=True))
    total = ("total", "", "", shown(sum(cents, Decimal(0))))
    return Sheet("whom", "By whom and for what", ("", "hours", "GiB-hours", currency), cells, total)


def _by_machine(rows: Sequence[Row], currency: str) -> Sheet:
    cents = apportioned([row.usd for row in rows])
    cells = tuple((row.what, *_machines(row), shown(cent)) for row, cent in zip(rows, cents, strict=True))
    total = ("total", "", "", "", shown(sum(cents, Decimal(0))))
    return Sheet("machines", "Machine by machine", ("", "in all", "most at once", "hours", currency), cells, total)


def _machines(row: Row) -> tuple[str, str, str]:
    return (str(row.count), str(row.most), f"{row.hours:,.1f}") if isinstance(row, MachineRow) else ("", "", "")


def _hours(row: Row) -> tuple[str, str]:
    return (f"{row.hours:,.1f}", f"{row.gib_hours:,.1f}") if isinstance(row, PersonRow) else ("", "")


def _by_time(name: str, title: str, rows: Sequence[Row], currency: str) -> Sheet:
    cents = apportioned([row.usd for row in rows])
    cells = tuple(
        (row.what, *_use(row), shown(cent)) for row, cent in zip(rows, cents, strict=True)
    )  # fmt: skip
    total = ("total", "", "", "", shown(sum(cents, Decimal(0))))
    return Sheet(name, title, ("", "hours on", "person-hours", "most people", currency), cells, total)


def _use(row: Row) -> tuple[str, str, str]:
    if isinstance(row, TimeRow):
        return f"{row.hours_on:,.1f}", f"{row.person_hours:,.1f}", str(row.peak)
    return "", "", ""


def _compared(found: Reconciled, currency: str) -> Iterator[Sheet]:
    ours, theirs = (apportioned([getattr(it, side) for it in found.by_kind]) for side in ("metered", "billed"))
    rows = tuple(
        (it.what, shown(mine), shown(its)) for it, mine, its in zip(found.by_kind, ours, theirs, strict=True)
    )  # fmt: skip
    total = ("total", shown(sum(ours, Decimal(0))), shown(sum(theirs, Decimal(0))))
    title = f"Metered and billed, until {found.until:%Y-%m-%d}"
    yield Sheet("compared", title, ("", f"metered {currency}", f"billed {currency}"), rows, total)
    way = [Row("metered", found.metered), *found.because]
    cents = apportioned([row.usd for row in way])
    steps = tuple((row.what, shown(cent)) for row, cent in zip(way, cents, strict=True))
    yield Sheet("because", "From metered to billed", ("", currency), steps, ("billed", shown(sum(cents, Decimal(0)))))
