"""What holds for any facts whatever: each promise of pophub/hub/workers/decide.py, for workers that nobody thought of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from pophub.hub.workers.decide import LONGEST_STOP, NOTICE, decide
from pophub.hub.workers.decision import Decision, Do
from pophub.hub.workers.facts import Facts, Worker
from tests.pophub.hub.workers.story import POLICY, SESSION
from tests.strategies import any_of, whole

MINUTE = timedelta(minutes=1)
CAN_BE_UNKNOWN = ("workers", "wanted", "pending", "pending_slots")


@st.composite
def _workers(draw: st.DrawFn) -> Worker:
    """Any worker, the impossible ones too: no fact may be believed because of another.

    Most facts are as usual, so that the later rules have their turn.
    """
    ages, usually = any_of(*(it * MINUTE for it in (0, 9, 10, 30))), any_of(*[True] * 9, False)
    return Worker(
        id=f"i-{draw(whole((0, 9999)))}",
        type="r7i.large",
        age=draw(ages),
        leaving=not draw(usually),
        healthy=draw(usually),
        protected=draw(usually),
        joined=draw(usually),
        ready=draw(usually),
        paused=draw(any_of(False, True)),
        servers=draw(whole((0, 2))),
        slots=draw(any_of(0.0, 0.5, 2.0, 4.0)),
        empty=draw(ages),
        down=draw(ages),
        clock_off=draw(any_of(*[None] * 9, 180 * MINUTE)),
        notice=draw(any_of(*[None] * 9, timedelta(), NOTICE)),
    )


SOME_WORKERS = st.lists(_workers(), max_size=4, unique_by=lambda it: it.id)


@st.composite
def _facts(draw: st.DrawFn) -> Facts:
    workers = draw(SOME_WORKERS)
    return Facts(
        now=SESSION.start
        + MINUTE * draw(any_of(700, 700, 240, 10, -10) if draw(any_of(False, True)) else whole((-600, 900))),
        workers=tuple(workers),
        wanted=len(workers) if draw(any_of(True, True, False)) else draw(any_of(0, 3, 8)),
        pending=(pending := draw(any_of(*[0] * 6, 1, 9))),
        pending_slots=float(pending),
        closing=draw(any_of(*[None] * 9, timedelta(), LONGEST_STOP)),
        failed=draw(any_of(None, timedelta(), 20 * MINUTE)),
        orphans=draw(any_of(*[()] * 9, ("s-1",))),
    )


anything = settings(max_examples=200, deadline=None)


def _decided(facts: Facts) -> Decision:
    decision = decide(facts, POLICY)
    event(decision.rule)
    return decision


def _ended(facts: Facts) -> list[Worker]:
    names = {step.worker for step in _decided(facts).steps if step.do is Do.END}
    return [it for it in facts.present if it.id in names]


@anything
@given(_facts())
def test_a_worker_with_a_server_is_never_ended(facts: Facts) -> None:
    """A hub that goes off waits for its servers to stop, for a minute."""
    if facts.closing is not None and facts.closing >= LONGEST_STOP:
        return
    # a worker that has not joined cannot have a server
    assert not [it for it in _ended(facts) if it.joined and it.servers]


@anything
@given(_facts())
def test_a_worker_that_may_get_a_server_is_never_ended(facts: Facts) -> None:
    if facts.closing is None:
        assert not [it for it in _ended(facts) if it.takes_servers]


@anything
@given(_facts(), st.sampled_from(CAN_BE_UNKNOWN))
def test_unknown_ends_nothing(facts: Facts, unknown: str) -> None:
    if facts.closing is None:
        assert _decided(replace(facts, **{unknown: None})).steps == ()


@anything
@given(_facts())
def test_servers_are_stopped_by_a_notice_or_a_hub_that_goes_off_alone(facts: Facts) -> None:
    stopped = [step.worker for step in _decided(facts).steps if step.do is Do.STOP_SERVERS]
    if facts.closing is None:
        told = {it.id for it in facts.present if it.notice is not None and it.notice >= NOTICE}
        assert set(stopped) <= told


@anything
@given(_facts())
def test_the_group_never_wants_more_than_the_most_or_less_by_a_size(facts: Facts) -> None:
    """A smaller size would let the group choose whom it ends."""
    if facts.closing is None:
        for step in _decided(facts).steps:
            if step.do is Do.SET_SIZE:
                assert max(facts.wanted or 0, len(facts.present)) < step.size <= POLICY.most


@anything
@given(_facts())
def test_the_group_replaces_nobody_who_is_ended_and_wants_no_fewer_than_none(facts: Facts) -> None:
    wanted, left = facts.wanted or 0, len(facts.present)
    for step in _decided(facts).steps:
        if step.do is Do.SET_SIZE:
            wanted = step.size
        elif step.do is Do.END:
            wanted, left = wanted - step.shrinks, left - 1
            assert wanted >= 0
    if any(step.do is Do.END for step in _decided(facts).steps) and (facts.wanted or 0) <= len(facts.present):
        assert wanted <= left


@anything
@given(_facts())
def test_a_decision_is_made_twice_the_same(facts: Facts) -> None:
    assert decide(facts, POLICY) == decide(facts, POLICY)


@anything
@given(_facts())
def test_what_is_paused_is_not_unpaused_by_the_next_look(facts: Facts) -> None:
    decision = _decided(facts)
    paused = {step.worker for step in decision.steps if step.do is Do.PAUSE}
    if not paused:
        return
    after = tuple(replace(it, paused=it.paused or it.id in paused) for it in facts.workers or ())
    then = decide(replace(facts, workers=after), POLICY)

    if decision.rule == "servers_lie_on_few":
        assert not [step for step in then.steps if step.do is Do.UNPAUSE]
