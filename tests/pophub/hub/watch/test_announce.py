"""How a stop is announced, where the cases do not show it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pophub.hub.watch.announce import STALE, stopping
from pophub.hub.watch.decision import Action
from pophub.hub.watch.facts import Announcement, Facts
from pophub.hub.watch.policy import Policy

MakeFacts = Callable[..., Facts]
MINUTE = timedelta(minutes=1)


def _announced(facts: Facts, *minutes_ago: int, stop_in: int = 0) -> tuple[Announcement, ...]:
    return tuple(Announcement(facts.now + stop_in * MINUTE, facts.now - ago * MINUTE) for ago in minutes_ago)


@pytest.mark.parametrize(
    ("given", "action"),
    [((10, 2), Action.STOP), ((9, 2), Action.WARN), ((10, 1), Action.KEEP), ((10,), Action.WARN), ((), Action.WARN)],
)
def test_both_warnings_had_their_time(
    policy: Policy, make_facts: MakeFacts, given: tuple[int, ...], action: Action
) -> None:
    facts = make_facts()
    found = stopping(make_facts(announced=_announced(facts, *given)), policy, facts.now, "because")

    assert found
    assert found.action is action


def test_warnings_for_an_earlier_stop_do_not_count(policy: Policy, make_facts: MakeFacts) -> None:
    facts = make_facts(announced=_announced(make_facts(), 10, 2, stop_in=-1))
    found = stopping(facts, policy, facts.now, "because")

    assert found
    assert (found.action, found.details.stop_at) == (Action.WARN, facts.now + 10 * MINUTE)


def test_old_warnings_do_not_count(policy: Policy, make_facts: MakeFacts) -> None:
    old = STALE // MINUTE + 1
    facts = make_facts(announced=_announced(make_facts(), old + 8, old))
    found = stopping(facts, policy, facts.now - 30 * MINUTE, "because")

    assert found
    assert found.action is Action.WARN


def test_a_warning_of_the_future_does_not_count(policy: Policy, make_facts: MakeFacts) -> None:
    facts = make_facts(announced=_announced(make_facts(), -1, stop_in=5))
    found = stopping(facts, policy, facts.now, "because")

    assert found
    assert (found.action, found.details.stop_at) == (Action.WARN, facts.now + 10 * MINUTE)


def test_far_from_its_time_nothing_is_said(policy: Policy, make_facts: MakeFacts) -> None:
    facts = make_facts()

    assert stopping(facts, policy, facts.now + 11 * MINUTE, "because") is None
    assert stopping(facts, policy, facts.now + 10 * MINUTE, "because")
