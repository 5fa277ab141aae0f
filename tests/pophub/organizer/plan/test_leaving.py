"""How long machines stay on after a session: the fewer people one has, the sooner it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.calendar import STOP_AFTER
from pophub.organizer.event.event import Event
from pophub.organizer.plan.leaving import ENDING, Leaving

MakeEvent = Callable[..., Event]
HOUR = timedelta(hours=1)
# an open tab is culled after an hour
HABITS = Leaving(0.9, 1, HOUR, HOUR / 2)


def test_the_habits_are_those_of_the_event_file(make_event: MakeEvent) -> None:
    guess = {"present": [Decimal("0.5"), Decimal("0.7"), 1], "after_hours": [Decimal("0.5"), 2]}
    event = make_event(assumptions=guess, idle={"server_minutes": 60})

    assert [Leaving.of(event, case) for case in (0, 1)] == [
        Leaving(0.5, 0.5, HOUR, HOUR / 2),
        Leaving(0.7, 2, HOUR, HOUR / 2),
    ]


@settings(max_examples=50, deadline=None)
@given(slots=st.tuples(st.integers(1, 200), st.integers(1, 200)), people=st.integers(1, 1000))
def test_more_servers_keep_a_worker_longer_and_none_longer_than_the_hub(slots: tuple[int, int], people: int) -> None:
    fewer, more = (HABITS.worker_after(people, count) for count in sorted(slots))

    assert fewer <= more <= HABITS.hub_after(people) <= STOP_AFTER


def test_shorter_idle_times_and_earlier_leaving_end_a_worker_sooner() -> None:
    after = HABITS.worker_after(500, 15)

    assert replace(HABITS, server_idle=2 * HOUR).worker_after(500, 15) > after
    assert replace(HABITS, after_hours=0.25).worker_after(500, 15) < after
    assert replace(HABITS, present=0.5).worker_after(500, 15) < after


def test_if_nobody_stays_the_hub_is_on_for_half_an_hour_and_its_idle_time() -> None:
    nobody_stays = replace(HABITS, after_hours=0.0).hub_after(1000)

    assert timedelta(minutes=55) < nobody_stays <= HABITS.hub_idle + HOUR / 2


def test_a_worker_of_nobody_ends_with_the_session() -> None:
    assert replace(HABITS, present=0.0).worker_after(500, 15) == ENDING


@pytest.mark.parametrize(("slots", "paid"), [(3, 10.9), (7, 11.9), (15, 12.8), (30, 13.5), (92, 14.7)])
def test_the_hours_agree_with_people_who_are_drawn_at_random(slots: int, paid: float) -> None:
    """`paid` are the hours a day of a worker that is born at 8:30, as the study found them from which the shares come."""
    chance = Random(slots)
    days = [max([0.0, *(_drawn(chance) for _ in range(slots))]) for _ in range(4000)]
    mean = HABITS.worker_after(500, slots) / HOUR

    assert mean == pytest.approx(sum(days) / len(days) + ENDING / HOUR, abs=0.1)
    assert 9 + mean == pytest.approx(paid, abs=0.6)


def _drawn(chance: Random) -> float:
    """The hours after the session at which one person's server is gone."""
    if chance.random() > HABITS.present:
        return 0.0
    part = chance.random()
    if part < 0.2:
        return 0.0
    spans = {0.75: (-0.5, 0.5), 0.95: (0.5, 2.5), 1.0: (2.5, 5.5)}
    first, last = next(span for limit, span in spans.items() if part < limit)
    return first + chance.random() * (last - first) + (1.0 if chance.random() < 0.6 else 0.0)
