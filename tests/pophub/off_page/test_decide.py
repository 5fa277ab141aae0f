"""What the page says when, and who may start the hub."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pophub.off_page.decide import STARTING, State, decide
from pophub.off_page.facts import WakeLimits
from tests.pophub.off_page.events import EVENING, SESSIONS, make_facts, make_seen

MONDAY = SESSIONS[0]


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (State.OFF, make_seen()),
        (State.UP, make_seen(listens=True)),
        (State.UP, make_seen(listens=True, spent_usd=Decimal(400))),
        (State.USED_UP, make_seen(spent_usd=Decimal(400))),
        (State.STARTING, make_seen(wakes={1: EVENING - timedelta(minutes=1)})),
        (State.OFF, make_seen(wakes={1: EVENING - STARTING})),
        (State.STARTING, make_seen(MONDAY.start - timedelta(minutes=10))),
        (State.MISSING, make_seen(MONDAY.start + timedelta(hours=1))),
        (State.OVER, make_seen(datetime(2027, 3, 6, 8, tzinfo=UTC), spent_usd=Decimal(400))),
    ],
)
def test_the_state_is_what_can_be_seen(state: State, seen: Any) -> None:
    assert decide(make_facts(), seen).state == state


def test_it_says_when_the_schedule_starts_the_hub_next() -> None:
    assert decide(make_facts(), make_seen()).returns == make_facts().starts[1]


@pytest.mark.parametrize("ended", [make_seen(spent_usd=Decimal(400)), make_seen(datetime(2027, 3, 7, tzinfo=UTC))])
def test_it_promises_no_return_that_does_not_come(ended: Any) -> None:
    assert decide(make_facts(starts=(datetime(2027, 3, 8, tzinfo=UTC),)), ended).returns is None


def test_somebody_who_is_known_may_start_it() -> None:
    assert decide(make_facts(), make_seen()).refusal is None
    assert decide(make_facts(), make_seen(MONDAY.start + timedelta(hours=1))).refusal is None


@pytest.mark.parametrize(
    ("why", "seen"),
    [
        ("signed in", make_seen(person=None)),
        ("cannot see", make_seen(spent_usd=None)),
        ("cannot see", make_seen(wakes=None)),
        ("from 07:00 to 23:00", make_seen(EVENING + timedelta(hours=3))),
        ("2 times today", make_seen(wakes=dict.fromkeys((1, 2), EVENING - timedelta(hours=3)))),
    ],
)
def test_who_may_not_is_told_why(why: str, seen: Any) -> None:
    assert why in str(decide(make_facts(), seen).refusal)


@pytest.mark.parametrize(
    "seen",
    [
        make_seen(listens=True),
        make_seen(wakes={1: EVENING}),
        make_seen(spent_usd=Decimal(401)),
        make_seen(datetime(2027, 3, 7, tzinfo=UTC)),
    ],
)
def test_a_hub_that_runs_or_has_ended_is_not_offered(seen: Any) -> None:
    assert decide(make_facts(), seen).refusal == ""


def test_an_event_can_forbid_it() -> None:
    assert decide(make_facts(wake=None), make_seen()).refusal == ""


@pytest.mark.parametrize(("hour", "may"), [(17, False), (18, True), (23, True), (1, True), (2, False)])
def test_hours_past_midnight_are_one_span(hour: int, may: bool) -> None:
    now = datetime(2027, 3, 4, 8, tzinfo=UTC) + timedelta(hours=hour)
    decision = decide(make_facts(wake=WakeLimits(3, time(18), time(2))), make_seen(now))

    assert (decision.refusal is None) == may
