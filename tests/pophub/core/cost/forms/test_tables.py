"""The tables of every form for people: cents that add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms.tables import sheets
from pophub.core.cost.report import Report, report
from tests.pophub.core.cost.story import MONDAY, Boot, lines

MakeBasis = Callable[..., Basis]


def _cents(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.floats(0, 9), st.floats(0, 9)), max_size=25),
    st.integers(1, 300),
    st.booleans(),
)
def test_the_cents_of_every_table_add_up_to_the_same_total(
    make_basis: MakeBasis, visits: list[tuple[int, float, float]], hours: int, people: bool
) -> None:  # fmt: skip
    stories = [Boot().visit(f"p{who}", *sorted((one, two))) for who, one, two in visits]
    found = report(lines(Boot().run(9), *stories), make_basis(), now=MONDAY + timedelta(hours=hours))
    totals = set()
    for sheet in sheets(found, people=people):
        assert sum(_cents(row[-1]) for row in sheet.rows) == _cents(sheet.total[-1])
        totals.add(sheet.total[-1])

    assert len(totals) == 1


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 99), st.floats(0, 9), st.floats(0, 9)), min_size=20, max_size=60))
def test_many_participants_in_one_row_cost_to_the_cent_what_they_cost_in_theirs(
    make_basis: MakeBasis, visits: list[tuple[int, float, float]]
) -> None:
    stories = [Boot().visit(f"p{who}", *sorted((one, two))) for who, one, two in visits]
    found = report(lines(Boot().run(9), *stories), make_basis(), now=MONDAY + timedelta(hours=9))
    each, together = (next(it for it in sheets(found, people=people) if it.name == "whom") for people in (True, False))
    people = each.rows[: len(found.people)]

    assert each.rows[-2:] == together.rows[-2:]
    assert sum(_cents(row[-1]) for row in people) == sum(_cents(row[-1]) for row in together.rows[:-2])


def test_an_event_with_workers_has_a_table_of_its_machines(workers_report: Report, running_report: Report) -> None:
    found = {sheet.name: sheet for sheet in sheets(workers_report, people=True)}
    machines = found["machines"]

    assert machines.head == ("", "in all", "most at once", "hours", "USD")
    assert [row[:4] for row in machines.rows] == [
        ("the hub's machine, m7i.large", "1", "1", "8.5"),
        ("workers, r7i.2xlarge spot", "2", "2", "11.5"),
        ("workers, r7i.xlarge on-demand", "1", "1", "6.0"),
        ("disks and addresses", "", "", ""),
    ]
    assert {sheet.total[-1] for sheet in found.values()} == {machines.total[-1]}
    assert sum(_cents(row[-1]) for row in machines.rows) == _cents(machines.total[-1])
    assert "machines" not in {sheet.name for sheet in sheets(running_report, people=True)}
