"""Traces: minutes and moments."""

from __future__ import annotations

from datetime import timedelta

from simulator.trace import Trace


def test_minutes_count_from_an_hour_before_the_first_start(traces: dict[str, Trace]) -> None:
    trace = traces["hackweek"]

    assert trace.minute_of(trace.policy.starts[0]) == 60
    assert trace.moment_of(61) == trace.policy.starts[0] + timedelta(minutes=1)
    assert trace.moment_of(trace.minutes) == trace.policy.over
