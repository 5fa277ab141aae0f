"""Events whose budget does not last, replayed: people are warned, the machine goes off, and little more is spent.

The budgets of the library are never used up; here its events have a part of what they cost without a limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pophub.core.calendar import LEAD
from pophub.hub.watch.announce import FIRST_WARNING, LAST_WARNING
from pophub.hub.watch.decision import Action
from pophub.hub.watch.terms import REFUSE, STEPS, TIGHTEN, near_session
from simulator.hub import By
from simulator.trace import MINUTE, Trace, Visit
from tests.simulator.budgeted import WARNING, Replayed, facts, with_budget

Traces = dict[str, Trace]
UNLIMITED = Decimal(100_000)
EVENTS = (
    "hackweek-that-computes",
    "school-with-free-afternoons",
    "two-half-days",
    "hackathon-around-the-clock",
    "five-people-in-a-room",
    "a-computation-in-the-evening",
    "a-demonstration-on-sunday",
    "a-reader-in-the-evening",
    "forgotten-tabs-every-night",
)
# used up early, in the middle, late, and not at all
PARTS = tuple(map(Decimal, ("0.25", "0.6", "0.9", "1.03", "1.08", "1.2")))


@pytest.fixture(scope="module")
def unlimited(traces: Traces) -> list[Replayed]:
    return [with_budget(traces[name], UNLIMITED) for name in EVENTS]


@pytest.fixture(scope="module")
def replays(unlimited: list[Replayed]) -> list[Replayed]:
    return [with_budget(it.trace, it.usd(it.trace.minutes) * part) for it in unlimited for part in PARTS]


def test_every_step_is_told_once_in_order_and_by_the_look_that_finds_it_reached(replays: list[Replayed]) -> None:
    highest = set()
    for it in replays:
        steps = [step for decision in it.decisions for step in decision.details.tell]
        assert steps == list(STEPS[: len(steps)]), it.trace.name
        for decision in it.decisions:
            look = facts(decision)
            reached = tuple(step for step in STEPS if (look.spent_usd or 0) * 100 >= it.budget * step)
            assert (*(look.told_steps or ()), *decision.details.tell) == reached, it.trace.name
        highest.add(max(steps, default=0))

    # of these replays some end at each step
    assert highest >= {*STEPS}


def test_nobody_is_stopped_before_the_warning_and_none_who_works_before_all_is_spent(replays: list[Replayed]) -> None:
    for it in replays:
        assert_warned(it)
        assert_spared(it)
    # and it does stop some, or this would say nothing
    assert sum(it.tally.stopped_under_use[By.WATCH] for it in replays) > 0


def test_when_all_is_spent_the_machine_goes_off_and_no_other_session_begins(replays: list[Replayed]) -> None:
    for it in replays:
        assert_off(it)
    assert sum(it.used_up_at() is not None for it in replays) >= 3 * len(EVENTS)


def test_no_more_is_spent_than_the_budget_the_warning_and_what_had_begun(replays: list[Replayed]) -> None:
    """That is the session that is on, the hour of who started the machine by hand, and a short start for each session."""
    only_the_warning = 0
    for it in replays:
        at, policy = it.used_up_at(), it.trace.policy
        if at is None:
            continue
        machine, standing = it.rates
        begun = it.allowed(at) - at if it.tally.on[at] else 0
        starts = sum(it.trace.minute_of(start) > at for start in policy.starts) * (LEAD // MINUTE)
        by_hand = sum(end - start for start, end in it.runs() if start > at and not it.is_scheduled(start))
        # what a minute costs is not dealt in parts
        more = machine * (begun + starts + by_hand + 1) + standing * (it.trace.minutes - at + 1)
        assert it.usd(it.trace.minutes) <= it.budget + more, it.trace.name
        only_the_warning += 0 < begun <= WARNING + LEAD // MINUTE and not by_hand
    assert only_the_warning > 0


def test_from_their_steps_on_idle_times_are_shorter_and_the_door_is_closed_outside_sessions(
    replays: list[Replayed], unlimited: list[Replayed]
) -> None:
    for it in replays:
        policy = it.trace.policy
        for decision in it.decisions:
            terms, look = decision.details.terms, facts(decision)
            assert terms is not None
            percent = (look.spent_usd or 0) * 100 / it.budget
            shorter = (terms.hub_idle < policy.hub_idle, terms.server_idle < policy.server_idle)
            assert shorter == (percent >= TIGHTEN,) * 2
            assert terms.new_servers == (percent < REFUSE or near_session(look, policy))
    last = [replays[index] for index in range(PARTS.index(Decimal("1.03")), len(replays), len(PARTS))]
    assert sum(sum(it.tally.on) for it in last) < sum(sum(it.tally.on) for it in unlimited)


def test_a_hub_that_refuses_new_servers_turns_away_who_has_none(traces: Traces, visit: Callable[..., Visit]) -> None:
    """In the evening ada has her server, and bob comes without one."""
    trace = replace(traces["nobody-comes"], visits=(visit(75, 612), visit(600, 610, user="bob")), roster=())
    spent = with_budget(trace, UNLIMITED).usd(600)
    refused, admitted = (with_budget(trace, spent / part).tally for part in (Decimal("0.96"), Decimal("0.94")))

    assert (refused.turned_away, admitted.turned_away) == (1, 0)
    assert refused.used[611]
    assert not refused.used[612]


stays = st.lists(st.tuples(st.integers(0, 1400), st.integers(5, 400)), max_size=4)
SMALL = ("nobody-comes", "two-half-days", "a-reader-in-the-evening", "forgotten-tabs-every-night")


@pytest.fixture(scope="module")
def trace_of(traces: Traces) -> Callable[[str], Trace]:
    """A function, because Hypothesis writes down each argument of an example: all traces take it seconds."""

    def find(name: str) -> Trace:
        return traces[name]

    return find


@settings(max_examples=40, deadline=None)
@example(name="nobody-comes", stays=[(75, 400), (600, 300)], part=Decimal("0.5"))
@given(name=st.sampled_from(SMALL), stays=stays, part=st.decimals("0.02", "1.2", places=3))
def test_whoever_comes_and_whatever_the_budget_is(
    trace_of: Callable[[str], Trace],
    visit: Callable[..., Visit],
    name: str,
    stays: list[tuple[int, int]],
    part: Decimal,
) -> None:
    visits = (visit(first, first + length, user=f"u{index}") for index, (first, length) in enumerate(stays))
    trace = replace(trace_of(name), visits=tuple(sorted(visits, key=lambda it: it.arrive)))
    it = with_budget(trace, with_budget(trace, UNLIMITED).usd(trace.minutes) * part)

    assert_warned(it)
    assert_spared(it)
    assert_off(it)


def assert_warned(it: Replayed) -> None:
    """Ten and two minutes before; two have to do where the budget is used up and nobody has a server."""
    for decision in it.decisions:
        if decision.action not in (Action.STOP, Action.CLOSE):
            continue
        look = facts(decision)
        ago = [look.now - one.given for one in look.announced or ()]
        nobody = decision.details.rule == "budget_is_used_up" and look.servers == ()
        assert any(span >= (LAST_WARNING if nobody else FIRST_WARNING) for span in ago), it.trace.name
        assert any(LAST_WARNING <= span <= LAST_WARNING + 2 * MINUTE for span in ago), it.trace.name


def assert_spared(it: Replayed) -> None:
    """Only the end of the money stops anybody who works."""
    assert it.tally.stopped_under_use[By.CULLER] == 0, it.trace.name
    if it.used_up_at() is None:
        assert it.tally.stopped_under_use[By.WATCH] == 0, it.trace.name


def assert_off(it: Replayed) -> None:
    """Of what is on when all is spent, the end; what starts later has ended before its session begins."""
    at = it.used_up_at()
    for start, end in it.runs():
        if at is not None and end > at:
            assert end <= it.allowed(max(start, at)), (it.trace.name, at, start, end)
