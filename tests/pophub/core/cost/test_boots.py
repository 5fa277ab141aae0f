"""Boots in the order of time: by the file where it is whole, and a clock that contradicts it moves nobody's hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pophub.core.cost.basis import Basis
from pophub.core.cost.boots import boots, milliseconds, moment
from pophub.core.cost.records import Record
from pophub.core.cost.report import report
from tests.pophub.core.cost.story import MONDAY, Boot, lines

MakeBasis = Callable[..., Basis]
HOUR = 3_600_000
LATER = MONDAY + timedelta(days=5)
NEVER_SET = datetime(1972, 1, 1, tzinfo=UTC) - MONDAY


def _days(*offs: timedelta) -> list[Record]:
    """A run of ten hours a day, each under a clock that is wrong by so much throughout."""
    days = [Boot(f"boot-{9 - day}", MONDAY + timedelta(days=day) + off) for day, off in enumerate(offs)]
    return [record for day in days for record in day.run(10, beats=3)]


def _starts(records: list[Record]) -> tuple[list[float], list[str]]:
    """In hours since Monday, with the notes."""
    found, notes = boots(records, now=milliseconds(LATER))
    return [(boot.start - milliseconds(MONDAY)) / HOUR for boot in found], notes


NONE = timedelta(0)


@pytest.mark.parametrize(
    ("offs", "starts", "noted"),
    [
        ((NONE, NONE, NONE), [0, 24, 48], 0),
        ((NONE, NEVER_SET, NONE), [0, 10, 48], 1),
        ((NONE, timedelta(days=3), NONE, NONE), [0, 10, 48, 72], 1),
        ((NEVER_SET, NONE, NONE), [14, 24, 48], 1),
        ((NONE, NONE, NEVER_SET), [0, 24, 34], 1),
        ((NEVER_SET, NEVER_SET), [100, 110], 2),
    ],
    ids=["right", "never set", "days fast", "first never set", "last never set", "none ever set"],
)
def test_a_clock_that_was_wrong_throughout_puts_a_boot_among_those_around_it(
    offs: tuple[timedelta, ...], starts: list[float], noted: int
) -> None:
    found, notes = _starts(_days(*offs))

    assert found == starts
    assert len([note for note in notes if "when they were is not known" in note]) == noted


@pytest.mark.parametrize(
    ("wrong", "off"),
    [
        *((wrong, off) for wrong in (0, 1, 2) for off in (NEVER_SET, timedelta(days=3))),
        *((wrong, timedelta(days=-400)) for wrong in (1, 2, 3)),
    ],
)
def test_no_amount_is_absurd_whichever_clock_was_wrong(make_basis: MakeBasis, wrong: int, off: timedelta) -> None:
    offs = [off if day == wrong else NONE for day in range(4)]
    right, found = (
        report(lines(_days(*it)), make_basis(), now=LATER) for it in ((NONE, NONE, NONE, NONE), tuple(offs))
    )

    assert right.usd is not None
    assert found.usd is not None
    assert found.use.hours_on == right.use.hours_on == 40
    assert abs(found.usd - right.usd) < 5
    assert any("the machine's clock said" in note for note in found.notes)


def test_a_file_that_is_in_no_order_goes_by_its_clocks() -> None:
    found, notes = _starts([*reversed(_days(NONE, NONE, NONE))])

    assert found == [0, 24, 48]
    assert notes == ["12 records were out of order"]


def test_a_meter_that_begins_long_before_the_event_is_asked_about(make_basis: MakeBasis) -> None:
    slow = report(lines(_days(timedelta(days=-200))), make_basis(), now=LATER)

    assert any("begins 200 days before the first session" in note for note in slow.notes)


@given(st.lists(st.integers(-400, 400), max_size=12))
def test_no_boot_begins_before_the_one_before_it_has_ended(offs: list[int]) -> None:
    found, _ = boots(_days(*(timedelta(days=off) for off in offs)), now=milliseconds(LATER))

    assert [boot.name for boot in found] == [f"boot-{9 - day}" for day in range(len(offs))]
    assert all(one.end <= two.start for one, two in pairwise(found))


def test_moments_survive_as_milliseconds() -> None:
    assert moment(milliseconds(MONDAY)) == MONDAY
