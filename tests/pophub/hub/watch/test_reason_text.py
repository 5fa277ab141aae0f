"""Moments and spans in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pophub.hub.watch.facts import Facts, Server
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.reason_text import clock, evidence, minutes

MakeFacts = Callable[..., Facts]


def test_a_time_of_today_has_no_date(policy: Policy, make_facts: MakeFacts) -> None:
    facts = make_facts()

    assert clock(facts.now, facts, policy) == "17:47"
    assert clock(facts.now + timedelta(hours=7), facts, policy) == "00:47 on 02 March"


@pytest.mark.parametrize(
    ("span", "words"),
    [(0, "0 minutes"), (1, "1 minute"), (45, "45 minutes"), (60, "1 hour"), (150, "2 hours and 30 minutes")],
)
def test_spans_are_hours_and_minutes(span: int, words: str) -> None:
    assert minutes(timedelta(minutes=span)) == words


def test_the_evidence_is_what_was_known(policy: Policy, make_facts: MakeFacts) -> None:
    facts = make_facts()
    server = Server("ada", facts.booted, facts.booted, busy=None, pending=True)

    assert evidence(make_facts(servers=(server,), keeps=(facts.now,)), policy) == (
        "now: 2027-03-01 17:47 PST, up since: 08:47",
        "the hub answers",
        "servers: 1 (1 pending, 0 with a busy kernel), last activity: 08:47",
        "to be kept until: 17:47",
        "spent: 100.00 of 400 USD",
    )


def test_the_evidence_says_what_was_not_known(policy: Policy, make_facts: MakeFacts) -> None:
    names = ("booted", "answering", "servers", "last_activity", "keeps", "spent_usd")

    assert evidence(make_facts(**dict.fromkeys(names)), policy) == (
        "now: 2027-03-01 17:47 PST, up since: not known",
        "whether the hub answers: not known",
        "servers: not known, last activity: not known",
        "to be kept until: not known",
        "spent: not known of 400 USD",
    )


@pytest.mark.parametrize(("used", "said"), [(None, False), (0.89, False), (0.9, True), (1.0, True)])
def test_a_disk_is_told_before_it_is_full(
    used: float | None, said: bool, policy: Policy, make_facts: MakeFacts
) -> None:
    *_, last = evidence(make_facts(disk_used=used), policy)

    assert (
        last.startswith(f"the homes' disk is {used or 0:.0%} full; on a full one nobody can save: set a larger") is said
    )


def test_the_evidence_says_since_when_the_hub_is_silent(policy: Policy, make_facts: MakeFacts) -> None:
    facts = make_facts(answering=False, silent_since=make_facts().now - timedelta(minutes=7))

    assert evidence(facts, policy)[1] == "the hub is silent since: 17:40"
