"""The library: enough events, different ones, and hand-written days as they were written."""

from __future__ import annotations

from simulator.library import library
from simulator.trace import Job, Trace


def test_there_are_more_than_twenty_different_events(traces: dict[str, Trace]) -> None:
    assert len(traces) > 24
    assert len({trace.policy.sessions for trace in traces.values()}) > 20
    assert {trace.event.timezone for trace in traces.values()} > {"Australia/Sydney", "Europe/Berlin"}


def test_the_library_is_always_the_same(traces: dict[str, Trace]) -> None:
    assert {trace.name: trace.visits for trace in library()} == {name: it.visits for name, it in traces.items()}


def test_a_day_written_by_hand_is_read_as_written(traces: dict[str, Trace]) -> None:
    trace = traces["a-computation-in-the-evening"]
    first, second = [visit for visit in trace.visits if visit.user == "ada"][:2]

    # the trace starts at 07:45, an hour before the machine
    assert (first.arrive, first.leave, first.works) == (75, 560, ((75, 560),))
    assert first.jobs == (Job(559, 150),)
    assert (first.logs_out, second.logs_out) == (False, True)
    assert traces["a-demonstration-on-sunday"].keeps == ((3 * 1440 + 465, 3 * 1440 + 615),)


def test_every_visit_lies_within_its_event(traces: dict[str, Trace]) -> None:
    for trace in traces.values():
        assert all(0 <= visit.arrive < visit.leave < trace.minutes for visit in trace.visits), trace.name
