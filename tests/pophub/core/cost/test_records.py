"""Lines of the meter: there and back, and everything that is no record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pophub.core.cost.records import BudgetStep, Kind, Moment, Reading, Record, as_line, of_hub, of_server, of_step
from tests.pophub.core.cost.story import Boot, week

NOW = Moment(datetime(2027, 3, 1, 17, tzinfo=UTC), "boot-1", 900_000)
STARTED = datetime(2027, 3, 1, 16, 59, 58, tzinfo=UTC)


def _read(*lines: bytes) -> tuple[list[Record], int, int]:
    reading = Reading(lines)
    return list(reading), reading.unreadable, reading.duplicates


@pytest.mark.parametrize(
    "record",
    [
        of_hub(Kind.START, NOW, machine="r6i.8xlarge", disk_gib=604),
        of_hub(Kind.BEAT, NOW),
        of_hub(Kind.RESIZE, NOW, disk_gib=700),
        of_server(Kind.SERVER_START, NOW, "ada", "", started=STARTED, memory_gib=Decimal("0.5")),
        of_server(Kind.SERVER_STOP, NOW, "ada", "second", started=STARTED),
        of_step(NOW, BudgetStep(80, Decimal("320.000001"), Decimal(400))),
    ],
    ids=lambda record: record.kind,
)
def test_a_record_is_read_back_as_it_was(record: Record) -> None:
    assert _read(as_line(record)) == ([record], 0, 0)


def test_what_is_noted_twice_counts_once_even_by_two_witnesses() -> None:
    heard = of_server(Kind.SERVER_START, NOW, "ada", "", started=STARTED)
    elsewhere = STARTED.astimezone(timezone(timedelta(hours=-8)))
    seen = of_server(Kind.SERVER_START, Boot().moment(0.5), "ada", "", started=elsewhere)

    assert _read(as_line(heard), as_line(seen)) == ([heard], 0, 1)


def test_a_second_start_of_the_same_server_is_another_record() -> None:
    first, second = (
        of_server(Kind.SERVER_START, NOW, "ada", "", started=STARTED + timedelta(seconds=later)) for later in (0, 1)
    )

    assert first.id != second.id


def test_a_step_is_noted_once_a_budget_with_its_first_moment() -> None:
    first = of_step(NOW, BudgetStep(80, Decimal(320), Decimal(400)))
    again = of_step(Boot("boot-2").moment(1), BudgetStep(80, Decimal(321), Decimal("400.00")))
    raised = of_step(Boot("boot-2").moment(2), BudgetStep(80, Decimal(640), Decimal(800)))

    assert _read(*map(as_line, (first, again, raised))) == ([first, raised], 0, 1)


BEAT = json.loads(as_line(of_hub(Kind.BEAT, NOW)))
STEP = json.loads(as_line(of_step(NOW, BudgetStep(80, Decimal(320), Decimal(400)))))
SERVER = json.loads(as_line(of_server(Kind.SERVER_START, NOW, "ada", "", started=STARTED, memory_gib=Decimal(4))))


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"3",
        b'"text"',
        b"not JSON at all",
        b"\x00\x00\x00\x00",
        b"\xff\xfe",
        b"[" * 100_000,
        as_line(of_hub(Kind.BEAT, NOW))[:-9],
        *(
            json.dumps(told).encode()
            for told in (
                BEAT | {"kind": "tea"},
                BEAT | {"kind": []},
                BEAT | {"at": "yesterday"},
                BEAT | {"at": "2027-03-01T17:00:00"},
                BEAT | {"at": 5},
                BEAT | {"up": -1},
                BEAT | {"up": 1.5},
                BEAT | {"up": True},
                BEAT | {"up": 10**16},
                BEAT | {"up": 10**25},
                BEAT | {"at": "0001-01-01T00:00:00+14:00"},
                BEAT | {"at": "9999-12-31T23:59:59-14:00"},
                BEAT | {"disk_gib": 10**30},
                BEAT | {"boot": None},
                BEAT | {"disk_gib": 0},
                BEAT | {"disk_gib": "604"},
                BEAT | {"kind": "budget-step"},
                STEP | {"percent": "80"},
                STEP | {"percent": 0},
                STEP | {"percent": True},
                STEP | {"spent_usd": "-1"},
                STEP | {"spent_usd": "much"},
                STEP | {"spent_usd": "NaN"},
                STEP | {"spent_usd": "1e90"},
                STEP | {"budget_usd": "0"},
                STEP | {"budget_usd": None},
                SERVER | {"user": 7},
                SERVER | {"memory_gib": "NaN"},
                SERVER | {"memory_gib": "-4"},
                SERVER | {"memory_gib": "much"},
                SERVER | {"memory_gib": "1e90"},
                SERVER | {"memory_gib": "1e-90"},
                SERVER | {"memory_gib": "0.3333333"},
                SERVER | {"memory_gib": {}},
            )
        ),
    ],
)
def test_a_line_that_is_no_record_is_counted_and_its_neighbours_are_read(line: bytes) -> None:
    before, after = of_hub(Kind.BEAT, Boot().moment(1)), of_hub(Kind.BEAT, Boot().moment(2))

    assert _read(as_line(before), line + b"\n", as_line(after)) == ([before, after], 1, 0)


def test_two_records_on_one_line_are_no_record() -> None:
    both = as_line(of_hub(Kind.BEAT, Boot().moment(1))).strip() + b"," + as_line(of_hub(Kind.BEAT, Boot().moment(2)))

    assert _read(both) == ([], 1, 0)


def test_empty_lines_are_nothing() -> None:
    record = of_hub(Kind.BEAT, NOW)

    assert _read(b"\n", as_line(record), b"  \n", b"") == ([record], 0, 0)
    assert _read(*[b"\n"] * 2000, as_line(record)) == ([record], 0, 0)


def test_a_long_meter_is_read_to_its_end() -> None:
    records = [of_hub(Kind.BEAT, Boot().moment(minute / 60)) for minute in range(2500)]

    assert _read(*map(as_line, records)) == (records, 0, 0)


@given(st.binary(max_size=60), st.integers(0, 20))
def test_no_rubbish_makes_it_fail_or_loses_a_whole_line(rubbish: bytes, place: int) -> None:
    records = [*week(1)][:20]
    lines = [as_line(record) for record in records]
    lines.insert(place, rubbish.replace(b"\n", b"") + b"\n")

    assert _read(*lines)[0] == records
