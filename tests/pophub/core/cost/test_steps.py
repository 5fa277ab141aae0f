"""The steps of a budget: what was noted, and what was reached without anybody's note."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from pophub.core.cost.records import BudgetStep
from pophub.core.cost.steps import Reached, reached, reached_by
from pophub.core.cost.timeline import milliseconds
from tests.pophub.core.cost.story import MONDAY

BUDGET = Decimal(400)


def at(hours: float) -> int:
    return milliseconds(MONDAY + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("usd", "steps"),
    [("0", ()), ("319.999999", ()), ("320", (80,)), ("379.99", (80, 90)), ("400", (80, 90, 95, 100))],
)
def test_a_step_is_reached_at_its_cent(usd: str, steps: tuple[int, ...]) -> None:
    assert reached_by(Decimal(usd), BUDGET) == steps


def test_unknown_spending_has_reached_nothing() -> None:
    assert reached_by(None, BUDGET) == ()
    assert reached([], None, BUDGET) == ()


def test_steps_come_in_order_and_what_nobody_noted_has_no_moment() -> None:
    noted = [(at(9), BudgetStep(95, Decimal(381), BUDGET)), (at(2), BudgetStep(80, Decimal(320), BUDGET))]

    assert reached(noted, Decimal(382), BUDGET) == (
        Reached(80, BUDGET, MONDAY + timedelta(hours=2), Decimal(320)),
        Reached(90, BUDGET),
        Reached(95, BUDGET, MONDAY + timedelta(hours=9), Decimal(381)),
    )


def test_a_step_of_a_budget_that_was_raised_stays_and_is_none_of_todays() -> None:
    small = Decimal(100)
    noted = [(at(2), BudgetStep(80, Decimal(81), small))]

    assert reached(noted, Decimal(90), BUDGET) == (Reached(80, small, MONDAY + timedelta(hours=2), Decimal(81)),)
    assert [it.at for it in reached(noted, Decimal(330), BUDGET)] == [MONDAY + timedelta(hours=2), None]
