"""The number of workers is set before each start of the machine, and to zero at each of its stops."""

from __future__ import annotations

from datetime import timedelta

from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT
from pophub.organizer.plan.schedule import timetable
from pophub.organizer.plan.workers_rules import workers_rules

EVENT = load_event(EXAMPLE_EVENT)
TIMES = timetable(EVENT)
WARM = timedelta(minutes=15)
RULES = workers_rules(TIMES, EVENT.timezone, WARM)


def test_each_start_has_a_warm_size_before_it() -> None:
    warm = sorted(at for rule in RULES if rule.action == "warm" for at in rule.firings())

    assert warm == [at - WARM for at in TIMES.firings("start")]


def test_each_stop_has_a_size_of_zero() -> None:
    zero = {rule.id: rule.firings() for rule in RULES if rule.action == "zero"}

    assert zero == {f"zero-{rule.id}": rule.firings() for rule in TIMES.rules if rule.action == "stop"}


def test_every_rule_has_a_name_of_its_own_and_the_event_s_time_zone() -> None:
    assert len({rule.id for rule in (*RULES, *TIMES.rules, *TIMES.looks)}) == len(RULES) + len(TIMES.rules) + len(
        TIMES.looks
    )
    assert {rule.timezone for rule in RULES} == {EVENT.timezone}
