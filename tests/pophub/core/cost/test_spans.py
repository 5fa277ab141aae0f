"""When a machine runs, by the schedule and with idle stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pophub.core.calendar import Window
from pophub.core.cost.spans import attended, by_schedule, clipped, hours, joined, timedelta_of

DAY = datetime(2027, 3, 1, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def test_by_the_schedule_a_running_machine_goes_on_to_the_next_stop() -> None:
    assert by_schedule([at(8), at(32)], [at(20), at(44)], at(10), running=True) == (
        Window(at(10), at(20)),
        Window(at(32), at(44)),
    )


def test_by_the_schedule_a_stopped_machine_waits_for_the_next_start() -> None:
    assert by_schedule([at(8), at(32)], [at(20), at(44)], at(10), running=False) == (Window(at(32), at(44)),)


def test_a_second_start_or_stop_changes_nothing() -> None:
    assert by_schedule([at(1), at(2)], [at(3), at(4)], at(0), running=False) == (Window(at(1), at(3)),)


def test_with_idle_stop_it_runs_from_the_lead_until_people_are_gone() -> None:
    assert attended([Window(at(9), at(17))], timedelta(hours=1), at(0), first=timedelta(hours=2)) == (
        Window(at(0), at(2)),
        Window(at(8.75), at(18)),
    )


def test_it_never_runs_longer_after_a_session_than_the_schedule_lets_it() -> None:
    assert attended([Window(at(9), at(17))], timedelta(hours=9), at(9)) == (Window(at(9), at(25)),)


def test_what_overlaps_or_touches_is_counted_once() -> None:
    assert joined([Window(at(3), at(5)), Window(at(1), at(3)), Window(at(2), at(4)), Window(at(7), at(7))]) == (
        Window(at(1), at(5)),
    )


def test_clipping_leaves_nothing_outside_and_no_empty_span() -> None:
    spans = [Window(at(1), at(3)), Window(at(4), at(5))]

    assert clipped(spans, at(2), at(4)) == (Window(at(2), at(3)),)
    assert clipped(spans, at(2), None) == (Window(at(2), at(3)), Window(at(4), at(5)))


def test_hours_are_told_to_a_millionth() -> None:
    assert hours([Window(at(0), at(0) + timedelta(minutes=20))]) == Decimal("0.333333")
    assert timedelta_of(Decimal("0.25")) == timedelta(minutes=15)
