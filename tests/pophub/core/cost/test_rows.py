"""The tables of a report: each adds up to the total, days are as long as they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.cost import rows
from pophub.core.cost.basis import Basis
from pophub.core.cost.ledger import ledger
from pophub.core.cost.records import Kind, of_hub
from pophub.core.cost.report import Report, report
from pophub.core.cost.rows import day_starts
from pophub.core.cost.timeline import milliseconds, timeline
from tests.pophub.core.cost.story import MONDAY, Boot, lines, week

MakeBasis = Callable[..., Basis]
BERLIN = ZoneInfo("Europe/Berlin")


def _tables(found: Report) -> dict[str, Decimal]:
    tables = {"parts": found.parts, "whom": found.whom, "days": found.days, "sessions": found.sessions}
    return {name: sum((row.usd for row in table), Decimal(0)) for name, table in tables.items()}


def test_every_table_of_a_finished_event_adds_up_to_the_total(finished_report: Report) -> None:
    assert set(_tables(finished_report).values()) == {finished_report.usd}


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.floats(0, 30), st.floats(0, 30), st.sampled_from(["0.5", "7", "300"])),
        max_size=30,
    ),
    st.integers(1, 200),
)
def test_every_table_adds_up_whoever_came_and_whenever_it_is_asked(
    make_basis: MakeBasis, visits: list[tuple[int, float, float, str]], hours: int
) -> None:
    boot = Boot()
    stories = [boot.visit(f"p{who}", *sorted((one, two)), memory) for who, one, two, memory in visits]
    found = report(lines(boot.run(30), *stories), make_basis(), now=MONDAY + timedelta(hours=hours))

    assert set(_tables(found).values()) == {found.usd}


@pytest.mark.parametrize(("day", "length"), [("2027-03-27", 24), ("2027-03-28", 23), ("2027-10-31", 25)])
def test_a_day_on_which_clocks_change_has_23_or_25_hours(make_basis: MakeBasis, day: str, length: int) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    boot = Boot("boot-1", noon - timedelta(days=2))
    found = report(lines(boot.run(96)), make_basis(timezone="Europe/Berlin"), now=noon + timedelta(days=2))
    [row] = [row for row in found.days if row.what == day]

    assert (row.hours, row.hours_on) == (length, length)


def test_midnights_are_those_of_the_zone() -> None:
    starts = day_starts(datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2027, 3, 29, 12, tzinfo=UTC), BERLIN)

    assert starts == [datetime(2027, 3, 27, 23, tzinfo=UTC), datetime(2027, 3, 28, 22, tzinfo=UTC)]


def test_people_are_numbered_from_the_dearest_unless_their_names_are_asked_for(make_basis: MakeBasis) -> None:
    line = timeline(week(3), now=MONDAY + timedelta(days=6))
    account = ledger(line, make_basis().tariff, line.born, line.now)
    (hidden, _), (named, _) = (rows.shares(account, names=names) for names in (False, True))

    assert [row.what for row in hidden] == ["participant 1", "participant 2", "participant 3"]
    assert {row.what for row in named} == {"person-0", "person-1", "person-2"}
    assert [row.usd for row in hidden] == [row.usd for row in named] == sorted((row.usd for row in named), reverse=True)


def test_a_session_has_what_was_paid_while_it_was(make_basis: MakeBasis) -> None:
    found = report(lines([*week()]), make_basis(), now=MONDAY + timedelta(days=6))
    monday = found.sessions[0]
    rate = make_basis().tariff.usd_an_hour_running("r6i.8xlarge", 604)

    assert rate is not None
    assert monday.usd == pytest.approx(Decimal("8.5") * rate, abs=Decimal("0.000002"))
    assert [row.what for row in found.sessions] == [
        *(f"2027-03-0{day} 09:00 to 17:30" for day in range(1, 6)),
        "outside the sessions",
    ]


def test_who_has_left_before_a_session_was_not_there(make_basis: MakeBasis) -> None:
    # the example's sessions begin at 09:00 and end at 17:30, in the middle of an hour
    boot = Boot()
    early = [boot.visit(f"early-{number}", 0.05, 0.2) for number in range(5)]
    late = [boot.visit(f"late-{number}", 8.75, 9) for number in range(4)]
    found = report(
        lines(boot.run(10), *early, boot.visit("ada", 1, 2), *late), make_basis(), now=MONDAY + timedelta(hours=12)
    )
    monday, outside = found.sessions[0], found.days[0]

    assert isinstance(monday, rows.TimeRow)
    assert (monday.person_hours, monday.peak, outside.peak) == (1, 1, 5)


def test_milliseconds_are_told_as_hours() -> None:
    assert rows.hours(milliseconds(MONDAY + timedelta(minutes=90)) - milliseconds(MONDAY)) == Decimal("1.5")
    assert of_hub(Kind.BEAT, Boot().moment(1)).up_ms == 3_600_000
