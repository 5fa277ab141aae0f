"""What holds for any facts whatever: each promise of pophub/hub/watch/decide.py, for hubs that nobody thought of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from pophub.hub.watch.announce import FIRST_WARNING, LAST_WARNING
from pophub.hub.watch.decide import decide
from pophub.hub.watch.decision import Action, Decision
from pophub.hub.watch.facts import Announcement, BusyKernel, Facts, Server
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.terms import SHORTEST_IDLE, SOON, undone_soon
from pophub.hub.watch.work import BY_HAND
from tests.strategies import any_of, whole

MakePolicy = Callable[..., Policy]
MINUTE = timedelta(minutes=1)
CAN_BE_UNKNOWN = [field.name for field in fields(Facts) if field.name != "now"]
USERS = ("ada", "bob", "cy")
ENDS = (Action.STOP, Action.CLOSE)


@pytest.fixture(scope="module")
def policy(make_policy: MakePolicy) -> Policy:
    """Five days with a break at noon; one more before the event ends."""
    days = {"from": "2027-03-01", "to": "2027-03-05"}
    hours = [("09:00", "12:00"), ("13:00", "17:30")]
    return make_policy(sessions=[days | {"start": start, "end": end} for start, end in hours], ends="2027-03-06")


@lru_cache
@st.composite
def _known(draw: st.DrawFn, policy: Policy) -> Facts:
    """A hub at some minute near one that matters, everything about it known."""
    edges = [it for session in policy.sessions for it in (session.start, session.end)] + [*policy.starts, *policy.stops]
    now = draw(any_of(*edges)) + MINUTE * draw(whole((-40, 40), (-600, 1500)))

    def ago(longest: int) -> datetime:
        return now - MINUTE * draw(whole((0, 2), (-1, longest)))

    def server(user: str) -> Server:
        last_activity = ago(400)
        # a kernel that becomes busy says so, which is activity
        kernels = [
            BusyKernel(min(ago(400), last_activity), draw(any_of(0.0, 0.02, 2.0))) for _ in range(draw(whole((0, 1))))
        ]
        return Server(user, ago(600), last_activity, tuple(kernels), draw(any_of(False, True)))

    def given_warning() -> Announcement:
        given = ago(20)
        return Announcement(given + MINUTE * draw(whole((2, 2), (10, 10), (0, 15))), given)

    in_time = (Announcement(now, now - FIRST_WARNING), Announcement(now, now - LAST_WARNING))
    some_other = tuple(given_warning() for _ in range(draw(whole((0, 2)))))
    return Facts(
        now=now,
        booted=ago(700),
        last_decision=now - MINUTE if draw(any_of(*[True] * 4, False)) else ago(60),
        answering=draw(any_of(True, True, False)),
        silent_since=ago(200),
        servers=tuple(server(user) for user in USERS[: draw(whole((0, len(USERS))))]),
        last_activity=ago(400),
        keeps=tuple(ago(200) + timedelta(hours=1) for _ in range(draw(any_of(0, 0, 1)))),
        started_by_hand=tuple(min(now, ago(200)) for _ in range(draw(any_of(0, 0, 1)))),
        announced=in_time if draw(any_of(True, True, False)) else some_other,
        spent_usd=Decimal(draw(any_of(0, 319, 320, 360, 380, 400, 999))),
        disk_used=None,
        told_steps=draw(any_of((), (80, 90))),
        roster=USERS,
        prestarted=draw(any_of((), USERS[:1])),
        expected=draw(any_of(None, (), USERS[-1:])),
        computing=tuple(ago(400) for _ in range(draw(any_of(0, 0, 1)))),
        closed=draw(any_of(False, False, True)),
    )


@lru_cache
@st.composite
def _left(draw: st.DrawFn, policy: Policy) -> Facts:
    """A hub that everybody has left, mostly for so long that it is stopped now."""
    facts = draw(_known(policy))
    end = draw(any_of(*policy.sessions)).end
    now = end + MINUTE * draw(whole((30, 200)))
    in_time = (Announcement(now, now - FIRST_WARNING), Announcement(now, now - LAST_WARNING))
    quiet = replace(
        _moved(facts, now - facts.now),
        servers=(),
        keeps=(),
        started_by_hand=(),
        last_activity=end - MINUTE,
        booted=end - timedelta(hours=5),
    )
    return replace(
        quiet, last_decision=now - MINUTE, announced=in_time if draw(any_of(True, False)) else quiet.announced
    )


@lru_cache
@st.composite
def _anything(draw: st.DrawFn, policy: Policy) -> Facts:
    """Either of them, of which up to three things are not known."""
    facts = draw(_left(policy) if draw(any_of(False, True)) else _known(policy))
    for _ in range(draw(whole((0, 3)))):
        fewer = _forgotten(facts)
        facts = fewer[draw(whole((0, len(fewer) - 1)))]
    return facts


anything = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def _decided(facts: Facts, policy: Policy) -> Decision:
    decision = decide(facts, policy)
    event(f"{decision.action}: {decision.details.rule}")
    return decision


@anything
@given(data=st.data())
def test_something_is_decided_and_twice_the_same(policy: Policy, data: st.DataObject) -> None:
    facts = data.draw(_anything(policy))
    decision = _decided(facts, policy)

    assert decision == decide(facts, policy)
    assert decision.reason
    assert decision.details.terms


@anything
@given(data=st.data())
def test_inside_a_session_nothing_stops_the_hub(policy: Policy, data: st.DataObject) -> None:
    facts = data.draw(_anything(policy))
    session = data.draw(any_of(*policy.sessions))
    within = session.start + MINUTE * data.draw(whole((0, (session.end - session.start) // MINUTE - 1)))
    shifted = _moved(facts, within - facts.now)

    assert _decided(shifted, policy).action not in ENDS


@anything
@given(data=st.data())
def test_forgetting_a_fact_never_makes_a_stop(policy: Policy, data: st.DataObject) -> None:
    facts = data.draw(_anything(policy))
    assume(decide(facts, policy).action not in ENDS)

    assert [it for it in _forgotten(facts) if decide(it, policy).action in ENDS] == []


@anything
@given(data=st.data(), key=st.sampled_from(["booted", "last_decision", "announced"]))
def test_without_a_clock_or_the_warnings_nothing_is_stopped(policy: Policy, data: st.DataObject, key: str) -> None:
    facts = replace(data.draw(_anything(policy)), **{key: None})

    assert _decided(facts, policy).action not in ENDS


@anything
@given(
    data=st.data(), key=st.sampled_from(["answering", "servers", "last_activity", "keeps", "silent_since", "computing"])
)
def test_a_hub_of_which_something_is_not_known_is_not_idle(policy: Policy, data: st.DataObject, key: str) -> None:
    facts = replace(data.draw(_anything(policy)), **{key: None})
    assume(facts.answering is not True or key not in ("silent_since", "computing"))
    assume(facts.answering is not False or key in ("keeps", "silent_since", "computing"))
    assume(facts.now < policy.over)
    assume(facts.spent_usd is None or facts.spent_usd < policy.budget_usd)

    assert _decided(facts, policy).action not in ENDS


@anything
@given(data=st.data())
def test_no_stop_comes_unannounced(policy: Policy, data: st.DataObject) -> None:
    """Two minutes have to do only where the money is used up and nobody is there."""
    facts = data.draw(_known(policy) | _left(policy))
    stopped = _decided(facts, policy).action in ENDS
    nobody = facts.spent_usd >= policy.budget_usd and not facts.servers
    early = [it for it in facts.announced if facts.now - it.given >= (LAST_WARNING if nobody else FIRST_WARNING)]
    late = [it for it in facts.announced if it.stop_at - it.given <= LAST_WARNING <= facts.now - it.given]

    assert not stopped or (early and late and max(it.stop_at for it in (*early, *late)) <= facts.now)


@anything
@given(data=st.data())
def test_nobody_who_works_is_stopped_but_by_the_end_of_the_money_or_of_the_event(
    policy: Policy, data: st.DataObject
) -> None:
    facts = data.draw(_known(policy) | _left(policy))
    assume(facts.now < policy.over)
    minutes = st.integers(0, SHORTEST_IDLE // MINUTE - 1).map(lambda it: facts.now - MINUTE * it)
    hours = st.integers(0, policy.protected // MINUTE - 1).map(lambda it: facts.now - MINUTE * it)
    types = st.builds(Server, st.just("dot"), minutes, minutes)
    computes = hours.map(lambda since: Server("dot", since, since, (BusyKernel(since, 2.0),)))
    works = replace(
        facts,
        answering=True,
        spent_usd=min(facts.spent_usd, policy.budget_usd - 1),
        servers=(*facts.servers, data.draw(types | computes)),
    )

    assert _decided(works, policy).action not in ENDS


@anything
@given(data=st.data())
def test_a_session_that_starts_soon_is_waited_for_while_there_is_money(policy: Policy, data: st.DataObject) -> None:
    facts = data.draw(_anything(policy))
    session = data.draw(any_of(*policy.sessions))
    shifted = _moved(facts, session.start - MINUTE * data.draw(whole((0, SOON // MINUTE))) - facts.now)
    assume(facts.spent_usd is None or facts.spent_usd < policy.budget_usd)

    assert _decided(shifted, policy).action not in ENDS


@anything
@given(data=st.data())
def test_servers_are_started_only_before_a_session_and_within_what_the_machine_holds(
    policy: Policy, data: st.DataObject
) -> None:
    small = replace(policy, slots=data.draw(whole((0, 5))), spawns_at_once=data.draw(whole((1, 3))))
    facts = data.draw(_known(small))
    decision = _decided(facts, small)
    running = {server.user for server in facts.servers}

    assert (decision.action is Action.PRESTART) == bool(decision.details.start)
    assert not set(decision.details.start) & (running | set(facts.prestarted))
    if decision.details.start:
        assert small.session_within(facts.now, SOON)
        assert len(running | set(decision.details.start)) <= small.slots
        assert len(decision.details.start) + sum(it.pending for it in facts.servers) <= small.spawns_at_once


@anything
@given(data=st.data(), later=st.integers(1, 4))
def test_a_stop_stays_a_stop_while_nothing_changes(policy: Policy, data: st.DataObject, later: int) -> None:
    facts = data.draw(_left(policy))
    assume(_decided(facts, policy).action in ENDS)
    now = facts.now + MINUTE * later
    again = decide(replace(facts, now=now, last_decision=now - MINUTE), policy)

    session = policy.session_at(now) or policy.session_within(now, SOON)
    assert again.action in ENDS or again.details.stop_at or session


@settings(anything, max_examples=60)
@given(data=st.data())
def test_a_hub_that_everybody_has_left_is_off_soon(policy: Policy, data: st.DataObject) -> None:
    """Whatever the facts are, as long as they are known: nothing happens any more, and the watch looks each minute."""
    facts = data.draw(_known(policy))
    asked = max([facts.now, *facts.keeps]) + max(BY_HAND, policy.protected, policy.hub_idle)
    latest = asked + FIRST_WARNING + 3 * MINUTE
    ended: Decision | None = None
    while facts.now <= latest and ended is None:
        near = undone_soon(facts, policy) + FIRST_WARNING
        assume(not policy.session_at(facts.now) and not policy.session_within(facts.now, near))
        decision = decide(facts, policy)
        ended = decision if decision.action in ENDS else None
        facts = _a_minute_later(facts, decision)

    assert ended, f"still on at {facts.now}"


def _a_minute_later(facts: Facts, decision: Decision) -> Facts:
    announced: tuple[Announcement, ...] = ()
    if decision.details.stop_at:
        new = (Announcement(decision.details.stop_at, facts.now),) if decision.action is Action.WARN else ()
        announced = (*facts.announced, *new)
    return replace(facts, now=facts.now + MINUTE, last_decision=facts.now, announced=announced)


def _moved(facts: Facts, by: timedelta) -> Facts:
    """The same hub at another time."""

    def move(value: object) -> object:
        match value:
            case datetime():
                return value + by
            case tuple():
                return tuple(move(inner) for inner in value)
            case Announcement() | Server() | BusyKernel():
                return replace(value, **{it.name: move(getattr(value, it.name)) for it in fields(value)})
        return value

    return replace(facts, **{it.name: move(getattr(facts, it.name)) for it in fields(facts)})


def _forgotten(facts: Facts) -> list[Facts]:
    """The facts, each time with one of them not known."""
    result = [replace(facts, **{key: None}) for key in CAN_BE_UNKNOWN]
    for index, server in enumerate(facts.servers or ()):
        servers = facts.servers or ()
        changed = [replace(server, **{key: None}) for key in ("last_activity", "busy", "started")]
        for number, kernel in enumerate(server.busy or ()):
            for key in ("since", "cores"):
                kernels = list(server.busy or ())
                kernels[number] = replace(kernel, **{key: None})
                changed.append(replace(server, busy=tuple(kernels)))
        result += [replace(facts, servers=(*servers[:index], it, *servers[index + 1 :])) for it in changed]
    return result
