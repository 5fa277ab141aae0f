"""When the machine ran and who was there, from records as a bad day leaves them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from pophub.core.cost.records import Kind, Record, of_hub
from pophub.core.cost.timeline import Timeline, milliseconds, read, timeline
from tests.pophub.core.cost.story import MACHINE, MONDAY, Boot, lines, week

HOUR = 3_600_000
LATER = MONDAY + timedelta(days=10)
START = milliseconds(MONDAY)


def _line(*stories: list[Record], now: datetime = LATER) -> Timeline:
    return timeline([record for story in stories for record in story], now=now)


def _hours(line: Timeline) -> list[tuple[float, float]]:
    return [((run.start - START) / HOUR, (run.end - START) / HOUR) for run in line.runs]


def test_a_clean_run_lasts_from_its_boot_to_its_stop() -> None:
    line = _line(Boot().run(10))

    assert (_hours(line), line.runs[0].known, line.running, line.notes) == ([(0, 10)], True, False, ())
    assert line.disks == ((START, 604),)


def test_the_machine_ran_also_before_the_first_record_of_its_boot() -> None:
    assert _hours(_line([of_hub(Kind.BEAT, Boot().moment(0.5)), of_hub(Kind.STOP, Boot().moment(2))])) == [(0, 2)]


def test_an_end_that_nobody_noted_is_counted_to_the_last_beat_and_told() -> None:
    next_day = Boot("boot-2", MONDAY + timedelta(days=1))
    line = _line(Boot().run(10, clean=False), next_day.run(5))

    assert _hours(line) == [(0, 10), (24, 29)]
    [note] = line.notes
    assert "nobody noted the stop after 2027-03-02 02:45 UTC" in note
    assert "up to 840 minutes longer" in note


def test_a_machine_that_was_just_heard_of_runs_and_one_that_fell_silent_does_not() -> None:
    ran = Boot().run(10, clean=False)
    just, long_ago = (_line(ran, now=MONDAY + timedelta(hours=10, minutes=minutes)) for minutes in (3, 4))

    assert (just.running, _hours(just), just.notes) == (True, [(0, 10.05)], ())
    assert (long_ago.running, _hours(long_ago), len(long_ago.notes)) == (False, [(0, 10)], 1)


def test_a_stop_that_did_not_happen_is_none() -> None:
    line = _line([*Boot().run(10), of_hub(Kind.BEAT, Boot().moment(11))])

    assert (_hours(line), line.runs[0].known) == ([(0, 11)], False)


def test_the_order_of_the_lines_does_not_matter() -> None:
    records = [*week()]
    shuffled = records[:]
    random.Random(5).shuffle(shuffled)
    one, two = timeline(records, now=LATER), timeline(shuffled, now=LATER)

    assert (one.runs, sorted(one.visits), one.disks) == (two.runs, sorted(two.visits), two.disks)
    assert any("out of order" in note for note in two.notes)


@pytest.mark.parametrize("off", [timedelta(hours=-3), timedelta(hours=3), timedelta(days=-9999)])
def test_a_clock_that_was_wrong_for_a_while_changes_no_duration_and_is_told(off: timedelta) -> None:
    wrong = [of_hub(Kind.BEAT, Boot().moment(hour, off=off)) for hour in (1, 2)]
    line = _line(Boot().run(10, beats=7), wrong, Boot().visit("ada", 3, 4))

    assert _hours(line) == [(0, 10)]
    assert line.visits[0].end - line.visits[0].start == HOUR
    assert any("the machine's clock was off by up to" in note for note in line.notes)


def test_runs_that_the_clocks_put_on_top_of_each_other_come_one_after_the_other() -> None:
    line = _line(Boot("boot-1").run(10), Boot("boot-2", MONDAY + timedelta(hours=8)).run(5))

    assert _hours(line) == [(0, 10), (10, 15)]


def test_a_server_nobody_stopped_ends_with_the_machine() -> None:
    [visit] = _line(Boot().run(10), Boot().visit("ada", 2, None)).visits

    assert (visit.start - START, visit.end - START) == (2 * HOUR, 10 * HOUR)


def test_a_second_start_ends_the_first() -> None:
    visits = _line(Boot().run(10), Boot().visit("ada", 2, None), Boot().visit("ada", 3, 5)).visits

    assert [(it.start - START, it.end - START) for it in visits] == [(2 * HOUR, 3 * HOUR), (3 * HOUR, 5 * HOUR)]


def test_servers_of_other_names_are_others() -> None:
    line = _line(Boot().run(10), Boot().visit("ada", 2, 5), Boot().visit("ada", 3, 4, server="second"))

    assert sorted(it.end - it.start for it in line.visits) == [HOUR, 3 * HOUR]


def test_a_stop_without_a_start_is_no_visit_and_told() -> None:
    line = _line(Boot().run(10), Boot().visit("ada", 11, 12)[1:])

    assert line.visits == ()
    assert line.notes[0] == "1 stops of servers whose start was not noted: their hours are not counted"


def test_a_disk_that_grew_is_larger_from_then_on() -> None:
    line = _line([*Boot().run(10), of_hub(Kind.RESIZE, Boot().moment(4), disk_gib=700)])

    assert line.disks == ((START, 604), (START + 4 * HOUR, 700))


def test_without_records_there_is_nothing() -> None:
    line = _line()

    assert (line.runs, line.visits, line.born, line.running) == ((), (), milliseconds(LATER), False)


def test_a_moment_within_a_run_is_one_at_which_the_machine_runs() -> None:
    resized = of_hub(Kind.RESIZE, Boot().moment(4), disk_gib=700)
    next_day = Boot("boot-2", MONDAY + timedelta(days=1)).run(5, machine="r6i.xlarge")
    stories = ([*Boot().run(10), resized], next_day, Boot().visit("ada", 1, 5), Boot().visit("bob", 4, 5))
    line = _line(*stories, now=MONDAY + timedelta(hours=3))

    assert (line.running, line.goes_on, _hours(line)) == (True, True, [(0, 3)])
    assert (line.machine, line.disk_gib) == (MACHINE, 604)
    assert [(it.user, (it.end - START) / HOUR) for it in line.visits] == [("ada", 3)]


def _copy(age: float, ended: float = 10, *, clean: bool = False) -> Timeline:
    """A copy of a meter that ends so many hours after Monday's boot, made then, and looked at so many minutes later."""
    heard = MONDAY + timedelta(hours=10)
    return read(lines(Boot().run(ended, clean=clean)), now=heard + timedelta(minutes=age), heard=heard)


def test_a_copy_is_as_old_as_the_watch_lets_it_become_before_anything_follows_from_its_silence() -> None:
    fresh, stale, silent = _copy(9), _copy(14), _copy(9, ended=9.9)

    assert (fresh.running, _hours(fresh)) == (True, [(0, pytest.approx(10.15))])
    assert fresh.notes == ("the copy of the meter is 9 minutes old: what came after it is not known here",)
    assert (stale.running, _hours(stale)) == (None, [(0, 10)])
    assert "whether it still does is not known" in stale.notes[1]
    assert (silent.running, _hours(silent)) == (False, [(0, 9.9)])
    assert [_copy(age, clean=True).running for age in (0, 9, 600)] == [False] * 3
