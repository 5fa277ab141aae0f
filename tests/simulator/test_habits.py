"""Habits: chance with a seed, and figures that do what their names say."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import mean

from simulator.habits import EARLIEST, LATEST, Habits, visits
from simulator.trace import Visit

USERS = tuple(f"u{number}" for number in range(200))
# two days of eight hours
DAYS = (((75, 555),), ((1515, 1995),))


def _drawn(**habits: object) -> tuple[Visit, ...]:
    return visits(USERS, DAYS, Habits(**habits), seed=1)


def test_the_same_seed_draws_the_same_people() -> None:
    assert _drawn() == _drawn()
    assert visits(USERS, DAYS, Habits(), seed=2) != _drawn()


def test_visits_are_in_order_and_work_lies_within_them() -> None:
    found = _drawn()

    assert [visit.arrive for visit in found] == sorted(visit.arrive for visit in found)
    for visit in found:
        edges = [edge for stretch in visit.works for edge in stretch]
        assert edges == sorted(edges)
        assert edges[0] == visit.arrive
        assert edges[-1] <= visit.leave


def test_nobody_is_in_two_places() -> None:
    found = _drawn(lunch=1, comes_again=1, stays_on=1)
    for user in USERS:
        mine = [visit for visit in found if visit.user == user]
        assert all(earlier.leave < later.arrive for earlier, later in pairwise(mine))


def test_no_shows_never_come() -> None:
    came = {visit.user for visit in _drawn(no_shows=0.5)}

    assert 70 < len(came) < 130


def test_people_arrive_around_the_start_and_leave_around_the_end() -> None:
    found = [visit for visit in _drawn(lunch=0, comes_again=0, stays_on=0) if visit.arrive < 600]

    assert all(75 + EARLIEST <= visit.arrive <= 75 + LATEST for visit in found)
    assert abs(mean(visit.arrive for visit in found) - 77) < 2
    assert abs(mean(visit.leave for visit in found) - 550) < 2


def test_lunch_makes_two_visits_of_a_long_session() -> None:
    def visits_a_day(lunch: float) -> set[int]:
        found = _drawn(lunch=lunch, comes_again=0, leaves=(-5, 0), arrives=(2, 0))
        return set(Counter((visit.user, visit.arrive // 1440) for visit in found).values())

    assert (visits_a_day(0), visits_a_day(1)) == ({1}, {2})


def test_who_leaves_a_computation_does_not_log_out() -> None:
    found = _drawn(computes=1, overnight=1, logs_out=1)
    computing = [visit for visit in found if visit.jobs]

    assert computing
    assert not any(visit.logs_out for visit in computing)
    assert all(visit.logs_out for visit in found if not visit.jobs)
