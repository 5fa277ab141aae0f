"""What every form for people shows: cents that add up, and phrases that say what is meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms.tables import DOES, facts, sheets
from pophub.core.cost.report import Report, report
from pophub.core.cost.steps import STEPS
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


def test_the_facts_say_where_it_ends(running_report: Report) -> None:
    told = dict(facts(running_report))

    assert told["forecast to 12 March"].endswith("always on")
    assert told["now"].startswith("the machine runs; 2.09 an hour")


def test_the_facts_tell_each_step_of_the_budget_below_it(stepped_report: Report) -> None:
    names = [name for name, _ in facts(stepped_report)]
    told = dict(facts(stepped_report))

    assert names[1:5] == ["budget", "at 80 % of it", "at 90 % of it", "at 95 % of it"]
    assert told["at 80 % of it"] == "2027-03-01 17:15, 17.60 of 22.00 spent: the organizer is told"
    assert told["at 90 % of it"] == "time not known, not known of 22.00 spent: idle times are halved"


def test_each_step_that_the_watch_knows_has_its_words() -> None:
    assert tuple(DOES) == STEPS


def test_the_facts_of_what_is_gone_name_no_forecast(finished_report: Report) -> None:
    told = dict(facts(finished_report))

    assert not [name for name in told if name.startswith("forecast")]
    assert told["now"] == "the hub is destroyed and costs nothing any more"


def test_an_event_with_workers_has_a_table_of_its_machines(workers_report: Report) -> None:
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


def test_the_facts_of_an_event_with_workers_count_them(workers_report: Report, running_report: Report) -> None:
    told = dict(facts(workers_report))

    assert told["now"].startswith("the hub's machine runs, and 1 worker; ")
    assert told["workers"] == "3 in all, 3 at most at once; 17.5 hours together"
    assert told["the hub's machine"].startswith("8.5 hours on")
    assert "workers" not in dict(facts(running_report))
    assert "machines" not in {sheet.name for sheet in sheets(running_report, people=True)}
