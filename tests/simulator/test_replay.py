"""Replays of days that are short enough to be followed by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from simulator.hub import BOOT, By, Tally
from simulator.replay import ORGANIZER_ANSWERS, PATIENCE, replay
from simulator.score import scores
from simulator.trace import Trace, Visit
from simulator.ways import ALWAYS, HOURS, WATCH, ways

WithVisits = Callable[..., Trace]
MakeVisit = Callable[..., Visit]
START, END = 75, 555


def _replayed(trace: Trace, name: str) -> Tally:
    return replay(trace, next(way for way in ways(trace) if way.name == name))


def _on(tally: Tally) -> list[tuple[int, int]]:
    """The stretches in which the machine was on."""
    edges = [minute for minute in range(len(tally.on)) if tally.on[minute] != (minute and tally.on[minute - 1])]
    return list(zip(edges[::2], [*edges[1::2], len(tally.on)], strict=False))


def test_an_empty_day_is_its_session(with_visits: WithVisits) -> None:
    tally = _replayed(with_visits(), WATCH)

    assert _on(tally) == [(60, END + 10)]
    assert not any(tally.used)


def test_the_hub_goes_on_until_the_last_one_has_left_for_the_idle_time(
    with_visits: WithVisits, visit: MakeVisit
) -> None:
    tally = _replayed(with_visits(visit(START, END + 100)), WATCH)

    assert _on(tally) == [(60, END + 100 - 1 + 30)]
    assert (tally.waited_in_session, tally.turned_away) == (0, 0)


def test_a_server_that_is_not_started_before_is_waited_for(with_visits: WithVisits, visit: MakeVisit) -> None:
    trace = with_visits(visit(START, END), visit(START, END, user="bob"))

    # a few seconds each
    assert 0 < _replayed(replace(trace, roster=()), WATCH).waited < 1
    assert _replayed(replace(trace, roster=("ada", "bob")), WATCH).waited == 0


def test_who_comes_late_in_the_day_waits_for_the_organizer_and_the_boot(
    with_visits: WithVisits, visit: MakeVisit
) -> None:
    tally = _replayed(replace(with_visits(visit(700, 780)), roster=("ada",)), WATCH)

    assert _on(tally)[1][0] == 700 + ORGANIZER_ANSWERS
    assert ORGANIZER_ANSWERS + BOOT <= tally.waited < ORGANIZER_ANSWERS + BOOT + 1


def test_who_comes_in_the_night_is_turned_away(with_visits: WithVisits, visit: MakeVisit) -> None:
    # half past midnight
    tally = _replayed(with_visits(visit(1005, 1200)), WATCH)

    assert len(_on(tally)) == 1
    assert (tally.turned_away, tally.waited) == (1, PATIENCE)


def test_a_session_that_ends_with_its_hours_throws_people_out(with_visits: WithVisits, visit: MakeVisit) -> None:
    tally = _replayed(with_visits(visit(START, END + 100)), HOURS)

    assert _on(tally) == [(60, END)]
    assert tally.stopped_under_use == {By.WATCH: 0, By.CULLER: 0, By.SCHEDULE: 1}
    assert tally.turned_away == 1


def test_always_on_is_always_on(with_visits: WithVisits) -> None:
    trace = with_visits()

    assert _on(_replayed(trace, ALWAYS)) == [(60, trace.minutes)]


def test_no_more_is_spent_than_the_budget_the_disks_and_one_session(traces: dict[str, Trace]) -> None:
    trace = traces["hackweek"]
    policy = replace(trace.policy, budget_usd=Decimal(40))
    [watched, *_] = scores(replace(trace, policy=policy))
    machine = trace.tariff.machines[trace.instance_type].usd_an_hour
    disks = trace.tariff.usd_an_hour_stopped(trace.event.disk_gib) * trace.minutes / 60
    # the machine still starts for each of the other four sessions, and is off again before they open
    starts = 4 * machine / 4

    assert 40 < watched.usd < 40 + disks + Decimal("8.5") * machine + starts
    assert watched.waited_in_session > 0
