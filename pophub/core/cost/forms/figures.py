"""The single figures of a report: each one states itself for readers, for programs, for spreadsheets and for the page's top.

All forms walk through `figures`, so a new figure is one entry there. The rows of the tables are in `tables`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from pophub.core.cost.forms.figure import Card, Figure, amount, utc
from pophub.core.cost.money import shown, total
from pophub.core.cost.report import Report, Use
from pophub.core.cost.rows import HUB
from pophub.core.cost.steps import Reached

# what cost-watch does at each step of the budget (pophub/hub/watch/terms.py)
DOES = {
    80: "the organizer is told",
    90: "idle times are halved",
    95: "no new servers outside of sessions",
    100: "the hub stops after its warning, in a session with its end",
}
CASES = ("low", "expected", "high")


def figures(report: Report) -> list[Figure]:
    """Every figure that is in no table, in the order of the report."""
    return [
        _spent(report),
        _budget(report),
        *_steps(report),
        _now(report),
        *_expectations(report),
        *(_uses(report, report.use) if report.usd is not None else ()),
        *_bill(report),
        _prices(report),
    ]


def facts(report: Report) -> list[tuple[str, str]]:
    """Those figures that people read as a sentence, each with its name."""
    return [(figure.name, figure.text) for figure in figures(report) if figure.name]


def _spent(report: Report) -> Figure:
    basis = report.basis
    share = "" if report.usd is None else f"{report.usd / basis.budget:.0%} of the budget of {shown(basis.budget, 0)}"
    return Figure(
        {"total": amount(report.usd), "unpriced_hours": str(report.unpriced_hours)},
        name="spent so far",
        text=spent(report),
        rows=({"table": "total", "what": "unpriced", "hours": str(report.unpriced_hours)},),
        card=Card(1, "spent so far" if report.forecast else "spent", spent(report, basis.tariff.currency), share),
    )


def _budget(report: Report) -> Figure:
    budget = report.basis.budget
    share = "" if report.usd is None else f"; {report.usd / budget:.0%} of it is spent"
    row = _row("total", "budget", budget, report)
    return Figure({"budget": amount(budget)}, name="budget", text=f"{shown(budget)}{share}", rows=(row,))


def _steps(report: Report) -> Iterator[Figure]:
    """A step that cost-watch did not record has no time and no amount."""
    yield Figure({"budget_steps": [_step_fields(step) for step in report.steps]})
    for step in report.steps:
        text = f"{when(report, step)}, {shown(step.spent_usd)} of {shown(step.budget_usd)} spent: {DOES.get(step.percent, '')}"
        row = _row("budget step", f"{step.percent} % of {amount(step.budget_usd)}", step.spent_usd, report)
        last = step is report.steps[-1] and step.budget_usd == report.basis.budget
        card = Card(2, "budget step", f"{step.percent} %", f"reached: {when(report, step)}") if last else None
        row["start"] = step.at and utc(step.at)
        yield Figure(name=f"at {step.percent} % of it", text=text, rows=(row,), card=card)


def _step_fields(step: Reached) -> dict[str, Any]:
    at, spent_usd, budget = step.at and utc(step.at), amount(step.spent_usd), amount(step.budget_usd)
    return {"percent": step.percent, "at": at, "spent": spent_usd, "budget": budget}


def _now(report: Report) -> Figure:
    fields = {"running": report.running, "gone": report.gone, "an_hour_now": amount(report.usd_an_hour)}
    row = _row("total", "an_hour_now", report.usd_an_hour, report)
    return Figure(fields, name="now", text=_state(report), rows=(row,))


def _state(report: Report) -> str:
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


def _expectations(report: Report) -> Iterator[Figure]:
    ahead, basis, currency = report.forecast, report.basis, report.basis.tariff.currency
    if ahead:
        cases = (ahead.low, ahead.expected, ahead.high)
        low, expected, high = map(shown, cases)
        day = f"{local(report, basis.ends):%-d %B}"
        text = f"{expected} by the schedule; {low} if it stops whenever it is idle, {high} always on"
        card = Card(3, f"by {day}", shown(ahead.expected, currency=currency), f"{low} to {high}")
        fields, rows = _cases(report, "forecast", cases)
        yield Figure(fields, name=f"forecast to {day}", text=text, rows=rows, card=card)
    else:
        yield Figure({"forecast": None})
    if basis.estimated:
        low, expected, high = map(shown, basis.estimated)
        text = f"{expected}; {low} to {high}, with what comes after the event"
        better = ahead or (report.billed and report.billed.lines)
        figure = shown(basis.estimated[1], currency=currency)
        estimate = Card(3, "estimated before", figure, f"{low} to {high}")
        fields, rows = _cases(report, "estimated", basis.estimated)
        yield Figure(fields, name="estimated before", text=text, rows=rows, card=None if better else estimate)
    else:
        yield Figure({"estimated": None})


def _cases(
    report: Report, key: str, cases: tuple[Decimal, ...]
) -> tuple[dict[str, Any], tuple[dict[str, object], ...]]:
    """The fields and the rows of a figure with a low, an expected and a high case."""
    named = dict(zip(CASES, cases, strict=True))
    rows = tuple(_row("total", f"{key} {case}", usd, report) for case, usd in named.items())
    return {key: {case: amount(usd) for case, usd in named.items()}}, rows


def _uses(report: Report, use: Use) -> Iterator[Figure]:
    """How well the machines were used; their fields are those of `use`."""
    currency = report.basis.tariff.currency
    saved = shown(use.saved_usd, currency=currency)
    on, off, idle = str(use.hours_on), str(use.hours_off), str(use.idle_hours)
    yield Figure(
        name=HUB if report.machines else "machine",
        text=f"{use.hours_on:,.1f} hours on, {use.hours_off:,.1f} off; stopping it saved {shown(use.saved_usd)}",
        of_use={"hours_on": on, "hours_off": off, "saved_by_stopping": amount(use.saved_usd)},
        rows=(
            {"table": "use", "what": "machine on", "hours": on},
            _row("use", "machine off, and saved by it", use.saved_usd, report) | {"hours": off},
        ),
        card=Card(5, "saved by stopping", saved, f"off for {use.hours_off:,.0f} hours, on for {use.hours_on:,.0f}"),
    )
    if report.machines:
        found = report.machines
        text = f"{len(found.workers)} in all, {found.most_workers} at most at once; {found.worker_hours:,.1f} hours together"
        yield Figure(name="workers", text=text)
    yield Figure(
        name="idle",
        text=f"{use.idle_hours:,.1f} hours on with nobody there: {shown(use.idle_usd)}",
        of_use={"idle_hours": idle, "idle_cost": amount(use.idle_usd)},
        rows=(_row("use", "idle", use.idle_usd, report) | {"hours": idle},),
    )
    yield _wakes(report, use)
    each, together, planned = use.usd_a_person_hour, str(use.person_hours), report.basis.participants
    yield Figure(
        name="people",
        text=f"{use.people} came, {planned} were planned for; {use.person_hours:,.1f} person-hours, {shown(each, 3)} each",
        of_use={"person_hours": together, "a_person_hour": amount(each), "people": use.people, "participants": planned},
        rows=(_row("use", "a person-hour", each, report) | {"person_hours": together},),
        card=Card(4, "a person-hour", shown(each, 3, currency), f"{use.people} people, {use.person_hours:,.0f} hours"),
    )


def _wakes(report: Report, use: Use) -> Figure:
    """The starts from the off page; nothing to read if there was none."""
    fields: list[dict[str, Any]] = [
        {"what": it.what, "amount": amount(it.usd), "start": utc(it.start), "hours": str(it.hours)} | it.wake.as_json()
        for it in use.wakes
    ]
    rows = tuple(
        _row("started from its page", it.what, it.usd, report) | {"start": utc(it.start), "hours": str(it.hours)}
        for it in use.wakes
    )
    if not rows:
        return Figure(of_use={"wakes": fields})
    hours, usd = sum(it.hours for it in use.wakes), total(it.usd for it in use.wakes)
    times = f"started {len(rows)} time{'s' * (len(rows) != 1)}"
    text = f"{times}; {hours:,.1f} hours on: {shown(usd)}"
    return Figure(of_use={"wakes": fields}, name="from its page", text=text, rows=rows)


def _bill(report: Report) -> Iterator[Figure]:
    billed = report.billed
    if billed is None:
        yield Figure({"billed": None})
        return
    total, currency = billed.amount if billed.lines else None, billed.currency
    fields: dict[str, Any] = {"total": amount(total), "currency": currency, "as_of": utc(billed.as_of)}
    fields |= {"complete_until": utc(billed.settled), "requests": billed.requests, "fee_of_asking": amount(billed.fee)}
    known = f"{shown(total)} {currency}" if billed.lines else "not known"
    rows = (
        _row("total", "billed", total, report) | {"currency": currency},
        _row("total", "fee of asking", billed.fee, report) | {"currency": "USD"},
    )
    card = Card(3, "billed by AWS", shown(total, currency=currency), f"until {billed.settled:%-d %B}")
    shows_card = billed.lines and not report.forecast
    text = f"{known}, complete until {billed.settled:%Y-%m-%d}"
    text += f"; asking cost {shown(billed.fee)} USD" if billed.requests else ""
    yield Figure({"billed": fields}, name="billed by AWS", text=text, rows=rows, card=card if shows_card else None)


def _prices(report: Report) -> Figure:
    tariff = report.basis.tariff
    fields = {"currency": tariff.currency, "region": tariff.region, "prices_as_of": tariff.as_of.isoformat()}
    scope = f"{tariff.currency}, list prices of {tariff.as_of} in {tariff.region}, before tax and credits"
    return Figure(fields, name="prices", text=scope)


def _row(table: str, what: str, usd: Decimal | None, report: Report) -> dict[str, object]:
    """A line of the spreadsheet; an unknown amount is an empty cell."""
    return {"table": table, "what": what, "amount": amount(usd), "currency": report.basis.tariff.currency}


def spent(report: Report, currency: str = "") -> str:
    """The total, with "at least" if some hours have no price."""
    least = "at least " if report.usd is not None and report.unpriced_hours else ""
    return least + shown(report.usd, currency=currency)


def when(report: Report, step: Reached) -> str:
    """When a step was reached, in the event's time zone."""
    return "time not known" if step.at is None else f"{local(report, step.at):%Y-%m-%d %H:%M}"


def local(report: Report, moment: datetime) -> datetime:
    return moment.astimezone(report.basis.zone)
