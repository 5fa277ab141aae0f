"""Decisions by case file: a file is a situation, its name what should happen. test_decide_properties.py has the promises."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pophub.hub.watch.decide import RULES, decide
from pophub.hub.watch.decision import Action
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.reason_text import evidence
from tests.pophub.hub.watch.story import Story

CASES = sorted(Path(__file__).with_name("cases").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(make_policy: Callable[..., Policy], case: Path) -> None:
    story = Story(case)

    for look in story.looks(make_policy(**story.event)):
        assert look.found == look.expected, f"at {look.at}: {look.decision.reason}"


def test_every_rule_decides_some_case_and_every_action_is_taken(make_policy: Callable[..., Policy]) -> None:
    decisions = [look.decision for story in map(Story, CASES) for look in story.looks(make_policy(**story.event))]

    assert {decision.details.rule for decision in decisions} == {rule.__name__.strip("_") for rule in RULES}
    assert {decision.action for decision in decisions} == set(Action)


def _stop_after(facts: Facts, policy: Policy) -> datetime:
    """The schedule's."""
    return next(stop for stop in policy.stops if stop > facts.now)


def test_a_participant_can_ask_for_an_hour_but_not_beyond_the_schedules_stop(
    policy: Policy, make_facts: Callable[..., Facts]
) -> None:
    idle, stop = make_facts(), _stop_after(make_facts(), policy)
    late = make_facts(now=stop - timedelta(minutes=30), last_decision=stop - timedelta(minutes=31))

    assert decide(idle, policy).details.keepable == idle.now + timedelta(hours=1)
    assert decide(late, policy).details.keepable == stop


def test_nobody_can_ask_where_no_stop_stands_announced_or_no_wish_counts_against_it(
    policy: Policy, make_facts: Callable[..., Facts]
) -> None:
    at_work = make_facts(last_activity=make_facts().now)
    without_money = make_facts(spent_usd=policy.budget_usd)
    stop = _stop_after(make_facts(), policy)
    by_schedule = make_facts(now=stop - timedelta(minutes=5), last_decision=None)
    by_schedule = replace(by_schedule, last_decision=by_schedule.now - timedelta(minutes=1))
    over = make_facts(booted=policy.over - timedelta(hours=9), now=policy.over + timedelta(hours=1))
    over = replace(over, last_decision=over.now - timedelta(minutes=1))
    stops = [decide(facts, policy).details for facts in (at_work, without_money, by_schedule, over)]

    assert [bool(it.stop_at) for it in stops] == [False, True, True, True]
    assert [it.keepable for it in stops] == [None] * 4


def test_every_decision_says_what_it_looked_at(make_policy: Callable[..., Policy]) -> None:
    decisions = [look.decision for story in map(Story, CASES) for look in story.looks(make_policy(**story.event))]

    assert all(decision.details.looked_at and decision.details.rule and decision.reason for decision in decisions)


def test_no_decision_names_a_participant(make_policy: Callable[..., Policy]) -> None:
    policies = [(story, make_policy(**story.event)) for story in map(Story, CASES)]
    said = [
        " ".join((look.decision.reason, *evidence(look.decision.details.looked_at, policy)))
        for story, policy in policies
        for look in story.looks(policy)
    ]

    assert not [words for words in said if {"ada", "bob", "grace"} & set(re.findall(r"\w+", words))]
