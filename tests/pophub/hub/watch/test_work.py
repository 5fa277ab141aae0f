"""Who works and since when, where the cases do not show it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pophub.hub.watch.facts import Facts, Server
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.work import BY_HAND, ON_TIME, by_hand_until, free_since, last_work, next_batch

MakeFacts = Callable[..., Facts]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_work_in_the_future_was_now(make_facts: MakeFacts) -> None:
    facts = make_facts()

    assert last_work(make_facts(last_activity=facts.now + 5 * MINUTE)) == facts.now


def test_the_boot_counts_as_work(make_facts: MakeFacts) -> None:
    facts = make_facts()

    assert last_work(make_facts(last_activity=facts.booted - timedelta(days=7))) == facts.booted


def test_a_machine_is_free_from_its_boot_or_the_last_sessions_end(policy: Policy, make_facts: MakeFacts) -> None:
    end = policy.sessions[0].end

    assert free_since(make_facts(now=end + MINUTE), policy) == end
    assert free_since(make_facts(now=end + 9 * MINUTE, booted=end + MINUTE), policy) == end + MINUTE


@pytest.mark.parametrize(
    ("after_the_start", "by_hand"), [(-MINUTE, True), (timedelta(), False), (ON_TIME, False), (ON_TIME + MINUTE, True)]
)
def test_a_start_that_no_schedule_made_is_by_hand(
    policy: Policy, make_facts: MakeFacts, after_the_start: timedelta, by_hand: bool
) -> None:
    booted = policy.starts[0] + after_the_start

    assert by_hand_until(make_facts(booted=booted), policy) == booted + (BY_HAND if by_hand else timedelta())


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        # the machine boots for a while, and the clocks differ
        ((-2 * MINUTE,), BY_HAND),
        ((20 * MINUTE,), 20 * MINUTE + BY_HAND),
        ((70 * MINUTE,), HOUR + BY_HAND),
        # word of another day, and of a clock that AWS itself would not have believed
        ((-ON_TIME - MINUTE,), timedelta()),
        ((76 * MINUTE,), timedelta()),
        (None, HOUR + BY_HAND),
    ],
)
def test_an_organizers_word_of_a_start_counts_also_when_the_schedule_makes_one(
    policy: Policy, make_facts: MakeFacts, asked: tuple[timedelta, ...] | None, kept: timedelta
) -> None:
    booted = policy.starts[0]
    words = None if asked is None else tuple(booted + it for it in asked)
    facts = make_facts(now=booted + HOUR, booted=booted, started_by_hand=words)

    assert by_hand_until(facts, policy) == booted + kept


def test_a_busy_machine_starts_nothing_more(policy: Policy, make_facts: MakeFacts) -> None:
    servers = tuple(Server(f"u{number}", None, None, pending=True) for number in range(60))
    small = make_facts(servers=servers, roster=("ada",))

    assert next_batch(small, policy) == ("ada",)
    assert next_batch(make_facts(servers=(*servers, Server("v", None, None)), roster=("ada",)), policy) == ()
