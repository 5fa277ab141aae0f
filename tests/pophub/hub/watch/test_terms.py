"""The terms of each budget step, to the cent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.terms import reached, terms, unannounced

MakeFacts = Callable[..., Facts]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("spent", "steps"),
    [
        ("0", ()),
        ("319.99", ()),
        ("320", (80,)),
        ("359.99", (80,)),
        ("360", (80, 90)),
        ("380", (80, 90, 95)),
        ("399.99", (80, 90, 95)),
        ("400", (80, 90, 95, 100)),
        ("9999", (80, 90, 95, 100)),
    ],
)
def test_a_step_is_reached_at_its_cent(
    policy: Policy, make_facts: MakeFacts, spent: str, steps: tuple[int, ...]
) -> None:
    assert reached(make_facts(spent_usd=Decimal(spent)), policy) == steps


def test_unknown_spending_reaches_nothing(policy: Policy, make_facts: MakeFacts) -> None:
    assert reached(make_facts(spent_usd=None), policy) == ()


def test_a_step_is_told_once(policy: Policy, make_facts: MakeFacts) -> None:
    spent = Decimal(390)

    assert unannounced(make_facts(spent_usd=spent), policy) == (80, 90, 95)
    assert unannounced(make_facts(spent_usd=spent, told_steps=(80, 90)), policy) == (95,)
    assert unannounced(make_facts(spent_usd=spent, told_steps=None), policy) == ()


@pytest.mark.parametrize(("minutes", "halved"), [(60, 30), (30, 15), (20, 15), (15, 15)])
def test_tight_idle_times_are_half_but_no_shorter_than_a_warning_takes(
    make_policy: Callable[..., Policy], make_facts: MakeFacts, minutes: int, halved: int
) -> None:
    policy = make_policy(idle={"hub_minutes": minutes})

    assert terms(make_facts(spent_usd=Decimal(359)), policy).hub_idle == minutes * MINUTE
    assert terms(make_facts(spent_usd=Decimal(360)), policy).hub_idle == halved * MINUTE
