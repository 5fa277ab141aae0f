"""The policy: its edges to the minute, and its way to the hub and back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pophub.hub.watch.policy import Policy, as_json, from_json

MINUTE = timedelta(minutes=1)


def test_a_session_has_its_first_minute_and_not_its_end(policy: Policy) -> None:
    first = policy.sessions[0]

    assert policy.session_at(first.start - MINUTE) is None
    assert policy.session_at(first.start) == first
    assert policy.session_at(first.end - MINUTE) == first
    assert policy.session_at(first.end) is None


def test_a_session_ahead_is_seen_from_its_distance_on(policy: Policy) -> None:
    first = policy.sessions[0]

    assert policy.session_within(first.start - 21 * MINUTE, 20 * MINUTE) is None
    assert policy.session_within(first.start - 20 * MINUTE, 20 * MINUTE) == first
    assert policy.session_within(first.start, 20 * MINUTE) is None


def test_the_schedule_starts_the_machine_earlier_if_there_are_workers(make_policy: Callable[..., Policy]) -> None:
    alone, beside = make_policy(), make_policy(workers={"type": "r7i.2xlarge", "warm_minutes": 20})

    assert [{it.lead(each) for each in it.sessions} for it in (alone, beside)] == [{15 * MINUTE}, {35 * MINUTE}]
    # of a day before
    assert replace(alone, starts=alone.starts[:1]).lead(alone.sessions[1]) == 15 * MINUTE


def test_the_last_session_is_the_last_that_has_ended(policy: Policy) -> None:
    first, second, *_ = policy.sessions

    assert policy.last_end(first.end - MINUTE) is None
    assert policy.last_end(first.end) == first.end
    assert policy.last_end(second.end - MINUTE) == first.end


def test_the_schedules_stop_is_seen_ahead(policy: Policy) -> None:
    stop = policy.stops[0]

    assert policy.stop_within(stop - 11 * MINUTE, 10 * MINUTE) is None
    assert policy.stop_within(stop - 10 * MINUTE, 10 * MINUTE) == stop
    assert policy.stop_within(stop, 10 * MINUTE) is None


def test_a_policy_comes_back_from_json_as_it_was(policy: Policy) -> None:
    assert from_json(json.loads(json.dumps(as_json(policy)))) == policy


def test_what_is_no_policy_is_refused(policy: Policy) -> None:
    with pytest.raises(KeyError, match="slots"):
        from_json({key: value for key, value in as_json(policy).items() if key != "slots"})


def test_the_hub_needs_nothing_but_python_to_decide() -> None:
    code = "import sys, pophub.hub.watch.decide; print([m for m in sys.modules if m in ('pydantic', 'rich', 'ruamel')])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"
