"""The steps of a budget that an event has reached, each with its time if cost-watch recorded it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pophub.core.cost.boots import moment
from pophub.core.cost.records import BudgetStep

# in percent; pophub/hub/watch/terms.py decides what happens at each
STEPS = (80, 90, 95, 100)


@dataclass(frozen=True, slots=True)
class Reached:
    """One step; `at` and `spent_usd` are None if cost-watch did not record the step."""

    percent: int
    budget_usd: Decimal
    at: datetime | None = None
    spent_usd: Decimal | None = None


def reached_by(usd: Decimal | None, budget_usd: Decimal) -> tuple[int, ...]:
    """The steps that this spending has reached; no steps if it is not known."""
    if usd is None:
        return ()
    hundredfold = usd * 100
    return tuple(step for step in STEPS if hundredfold >= budget_usd * step)


def reached(noted: Iterable[tuple[int, BudgetStep]], usd: Decimal | None, budget_usd: Decimal) -> tuple[Reached, ...]:
    """The recorded steps of earlier budgets in order of time, then the steps of today's budget, recorded or not."""
    known = [Reached(it.percent, it.budget_usd, moment(at), it.spent_usd) for at, it in sorted(noted)]
    todays = {it.percent: it for it in known if it.budget_usd == budget_usd}
    unknown = [Reached(step, budget_usd) for step in reached_by(usd, budget_usd) if step not in todays]
    others = (it for it in known if it.budget_usd != budget_usd)
    return (*others, *sorted([*todays.values(), *unknown], key=lambda it: it.percent))
