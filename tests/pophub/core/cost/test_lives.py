"""When each worker ran: from its birth to the last that the hub saw of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pophub.core.cost.lives import Life
from pophub.core.cost.records import Record
from pophub.core.cost.timeline import Timeline, milliseconds, timeline
from tests.pophub.core.cost.story import MONDAY, Boot

HOUR = 3_600_000
START = milliseconds(MONDAY)
LATER = MONDAY + timedelta(days=10)
FIRST = Boot()
SECOND = Boot("boot-2", MONDAY + timedelta(hours=12))


def _line(*stories: list[Record], now: datetime = LATER, heard: datetime | None = None) -> Timeline:
    records = [record for story in stories for record in story]
    return timeline(sorted(records, key=lambda it: (it.boot, it.up_ms)), now=now, heard=heard)


def _hours(lives: tuple[Life, ...]) -> dict[str, tuple[float, float, bool]]:
    return {it.id: ((it.start - START) / HOUR, (it.end - START) / HOUR, it.known) for it in lives}


def test_a_worker_lives_from_its_birth_to_the_stop_that_was_noted() -> None:
    line = _line(FIRST.run(10), FIRST.worker("i-1", 1, 9, age=0.5), FIRST.worker("i-2", 2, 3))

    assert _hours(line.workers) == {"i-1": (0.5, 9, True), "i-2": (2, 3, True)}
    assert line.notes == ()


def test_a_worker_without_a_stop_ends_with_the_run_that_saw_it_and_a_note_says_so() -> None:
    line = _line(FIRST.run(10), FIRST.worker("i-1", 1, None), FIRST.worker("i-2", 1, None), SECOND.run(5))

    assert _hours(line.workers) == {"i-1": (1, 10, False), "i-2": (1, 10, False)}
    assert line.notes == (
        "nobody noted the end of 2 workers: they are counted until 2027-03-02 02:45 UTC, when the hub last ran",
    )


def test_a_worker_that_a_later_run_sees_again_ran_in_between() -> None:
    line = _line(FIRST.run(10), FIRST.worker("i-1", 1, None), SECOND.run(5), SECOND.worker("i-1", 0, 2))

    assert _hours(line.workers) == {"i-1": (1, 14, True)}
    assert line.notes == ()


def test_a_worker_that_is_back_after_its_stop_was_never_gone() -> None:
    line = _line(FIRST.run(10), FIRST.worker("i-1", 1, 2), FIRST.worker("i-1", 4, 6))

    assert _hours(line.workers) == {"i-1": (1, 6, True)}


def test_a_stop_without_its_start_has_the_birth_in_it() -> None:
    start, stop = FIRST.worker("i-1", 3, 5, age=1)
    assert _hours(_line(FIRST.run(10), [stop]).workers) == _hours(_line(FIRST.run(10), [start, stop]).workers)


def test_a_stop_that_is_noted_twice_counts_once() -> None:
    again = FIRST.worker("i-1", 1, 8)[1]
    assert _hours(_line(FIRST.run(10), FIRST.worker("i-1", 1, 5), [again]).workers) == {"i-1": (1, 5, True)}


def test_no_worker_is_older_than_the_event() -> None:
    assert _hours(_line(FIRST.run(10), FIRST.worker("i-1", 1, 2, age=500)).workers) == {"i-1": (0, 2, True)}


def test_what_runs_now_runs_until_now() -> None:
    now = MONDAY + timedelta(hours=9.5)
    line = _line(FIRST.run(10), FIRST.worker("i-1", 1, None), FIRST.worker("i-2", 1, 3), now=now)

    assert _hours(line.workers) == {"i-1": (1, 9.5, False), "i-2": (1, 3, True)}
    assert [it.id for it in line.running_workers] == ["i-1"]
    assert line.notes == ()


def test_of_a_copy_that_is_too_old_nobody_says_that_an_end_is_missing() -> None:
    heard, now = MONDAY + timedelta(hours=9, minutes=1), MONDAY + timedelta(hours=11)
    line = _line(FIRST.run(9, clean=False), FIRST.worker("i-1", 1, None), now=now, heard=heard)

    assert line.running is None
    assert line.running_workers == ()
    assert not any("worker" in note for note in line.notes)


def test_a_clock_that_is_set_moves_no_hour_of_a_worker() -> None:
    wrong = Boot("boot-2", MONDAY - timedelta(days=900))
    line = _line(FIRST.run(10), FIRST.worker("i-1", 1, 9), wrong.run(5), wrong.worker("i-2", 1, 4))

    assert [(it.end - it.start) / HOUR for it in line.workers] == [8, 3]


def test_a_run_with_workers_is_known_by_its_start_or_by_a_worker() -> None:
    plain, marked, seen = FIRST.run(10), FIRST.run(10, on_workers=True), [*FIRST.run(10), *FIRST.worker("i-1", 1, 2)]

    assert [_line(story).on_workers for story in (plain, marked, seen)] == [False, True, True]
