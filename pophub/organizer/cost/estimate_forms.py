"""An estimate for a person (rich) and for a program (JSON). Only amounts that a person reads are rounded."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pophub.core.cost.money import apportioned, plain, shown
from pophub.organizer.cost.estimate import FORGOTTEN, LEVERS, Estimate
from pophub.organizer.cost.items import Case
from pophub.organizer.event.assumptions import CASES, Assumptions
from pophub.organizer.plan.plan import Plan

# the meaning of each assumption, for people who want to change it
MEANING = {
    "deploy_days_before": "days from the deployment to the first session",
    "setup_hours": "hours to try it out; high: until the schedule's first stop",
    "after_hours": "hours that people work on after a session; high: until the schedule stops it",
    "present": "of the participants, who comes",
    "home_used": "of each home, how much is filled",
    "traffic_gb_a_day": "GB that one person takes out of AWS on a day with sessions",
    "snapshot_days": "days that the final snapshot is kept",
}


def as_text(estimate: Estimate, *, today: Estimate | None = None) -> RenderableType:
    """The estimate as something that a rich console prints; each column adds up to its total.

    With `today`, it also shows the cost of a deployment now.
    """
    extra = [] if today is None else cost_if_deployed_now(estimate, today)
    tariff = estimate.tariff
    scope = f"list prices in {tariff.currency} of {tariff.as_of} in {tariff.region}, before tax and credits"
    return Group(
        Text.assemble("\n", ("cost", "bold"), f"  {planned_cost(estimate)}"),
        *[Text(f"  {line}") for line in extra],
        Padding(_items(estimate), (0, 0, 0, 2)),
        Text(f"  {estimate.against_budget}"),
        Text(f"  if nobody stops it for {FORGOTTEN.days} days: {shown(estimate.usd_forgotten)}"),
        Text.assemble("\n", ("drivers", "bold"), "  of the expected case"),
        Padding(_plain_table(_drivers(estimate.expected)), (0, 0, 0, 2)),
        Text.assemble("\n", ("assumptions", "bold"), "  low, expected, high; `assumptions` in the event file changes them"),
        Padding(_plain_table(_assumptions(estimate.event.assumptions)), (0, 0, 0, 2)),
        Text.assemble("\n", ("prices", "bold"), f"  {scope}"),
        *[Text(f"warning: {note}", style="yellow") for note in estimate.notes],
    )  # fmt: skip


def as_json(estimate: Estimate) -> dict[str, Any]:
    """The estimate as plain data; amounts are exact and are text, so that no reader rounds them."""
    return {
        "event": estimate.event.name,
        "currency": estimate.tariff.currency,
        "region": estimate.tariff.region,
        "prices_as_of": estimate.tariff.as_of.isoformat(),
        "instance_type": estimate.instance_type,
        "deployed": estimate.deployed.isoformat(timespec="seconds"),
        "ends": estimate.ends.isoformat(timespec="seconds"),
        "budget": str(estimate.event.budget_usd),
        "against_budget": estimate.against_budget,
        "an_hour_running": str(estimate.usd_an_hour_running),
        "an_hour_stopped": str(estimate.usd_an_hour_stopped),
        "left_on_for_30_days": str(estimate.usd_forgotten),
        "cases": {case.name: _case(case) for case in estimate.cases},
        "drivers": [item.what for item in estimate.expected.drivers],
        "assumptions": _plain(estimate.event.assumptions.model_dump()),
        "notes": list(estimate.notes),
    }


def summary(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The rows about cost that a deploy prints before it asks."""
    planned, today = plan.cost, plan.today
    if planned is None or today is None:
        return (("cost", f"not known; the budget is {plan.event.budget_usd} USD"),)
    running, stopped = planned.usd_an_hour_running, planned.usd_an_hour_stopped
    beside = " with all workers" if planned.workers else ""
    return (
        ("hourly", f"{running:.2f} USD while the machine runs{beside}, {stopped:.2f} while it is stopped"),
        ("cost", planned_cost(planned)),
        *(("", line) for line in cost_if_deployed_now(planned, today)),
        ("budget", planned.against_budget),
        ("prices", f"list prices of {planned.tariff.as_of}, before tax and credits"),
    )


def planned_cost(estimate: Estimate) -> str:
    """The three totals, the planned day of deployment and the machine's hours, as a sentence."""
    hours = plain(estimate.expected.hours_on)
    return f"{_totals(estimate)}, if deployed on {estimate.deployed:%Y-%m-%d}; the machine runs {hours} hours"


def cost_if_deployed_now(planned: Estimate, today: Estimate) -> list[str]:
    """Why a deployment today costs more than on the planned day; empty if that day is less than a day away."""
    days = (planned.deployed - today.deployed).days
    if days < 1:
        return []
    first_stop = today.high.on[0].end
    return [
        f"{_totals(today)}, if deployed now: disks and address cost {days} days more, and at worst the machine runs "
        f"until the schedule first stops it, {first_stop:%Y-%m-%d %H:%M} UTC"
    ]


def _totals(estimate: Estimate) -> str:
    low, expected, high = (shown(case.usd, 0) for case in estimate.cases)
    return f"{expected} {estimate.tariff.currency} expected, {low} to {high}"


def _items(estimate: Estimate) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    table.add_column("")
    for name in CASES:
        table.add_column(name, justify="right")
    table.add_column("expected", overflow="fold")
    cents = [apportioned([item.usd for item in case.items]) for case in estimate.cases]
    for row, item in enumerate(estimate.expected.items):
        basis = f"{item.quantity:.2f} {item.unit} at {item.usd_each:f}: {item.because}"
        table.add_row(item.what, *(shown(column[row]) for column in cents), Text(basis))
    table.add_row("total", *(shown(sum(column, Decimal(0))) for column in cents), style="bold")
    return table


def _drivers(case: Case) -> Iterator[tuple[str, ...]]:
    for item in case.drivers:
        lever = LEVERS.get(item.what, "")
        yield item.what, f"{item.usd / case.usd:.0%}", lever


def _assumptions(assumptions: Assumptions) -> Iterator[tuple[str, ...]]:
    for name, value in assumptions:
        figures = value if isinstance(value, tuple) else (Decimal(value),)
        yield name, ", ".join(map(plain, figures)), MEANING[name]


def _plain_table(rows: Iterator[tuple[str, ...]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    return table


def _case(case: Case) -> dict[str, Any]:
    return {
        "total": str(case.usd),
        "hours_on": str(case.hours_on),
        "items": [
            {
                "what": item.what,
                "quantity": str(item.quantity),
                "unit": item.unit,
                "each": str(item.usd_each),
                "amount": str(item.usd),
                "because": item.because,
            }
            for item in case.items
        ],
    }


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case tuple():
            return [_plain(inner) for inner in value]
        case Decimal():
            return str(value)
    return value
