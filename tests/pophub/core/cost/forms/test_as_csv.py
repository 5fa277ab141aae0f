"""The report for a spreadsheet: it adds up there too, and no name is a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms.as_csv import COLUMNS, TABLES, as_csv
from pophub.core.cost.report import Report, report
from pophub.organizer.cost.cost_report import Form
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import Boot, lines

MakeBasis = Callable[..., Basis]


def _rows(text: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_finished_event_reads_as_it_should() -> None:
    assert finished.written(Form.CSV) == (finished.DOCS / "report.csv").read_text()


@pytest.mark.parametrize("table", TABLES)
def test_the_rows_of_a_table_add_up_to_its_total(finished_report: Report, table: str) -> None:
    rows = _rows(as_csv(finished_report))
    [total] = [row["amount"] for row in rows if row["what"] == f"{table} total"]

    assert sum(Decimal(row["amount"]) for row in rows if row["table"] == table) == Decimal(total)


def test_everything_that_the_json_says_is_there() -> None:
    told = json.loads(finished.written(Form.JSON))
    rows = {(row["table"], row["what"]): row for row in _rows(finished.written(Form.CSV))}

    assert {what for table, what in rows if table == "note"} == set(told["notes"])
    assert rows["total", "billed"]["amount"] == told["billed"]["total"]
    assert rows["total", "unpriced"]["hours"] == told["unpriced_hours"]
    assert rows["use", "idle"]["amount"] == told["use"]["idle_cost"]
    assert rows["use", "machine off, and saved by it"]["amount"] == told["use"]["saved_by_stopping"]
    for side in ("metered", "billed"):
        amounts = [
            Decimal(row["amount"])
            for (table, what), row in rows.items()
            if table == f"compared, {side}" and what != f"{side} total"
        ]
        assert rows[f"compared, {side}", f"{side} total"]["amount"] == told["compared"][side]
        assert abs(sum(amounts) - Decimal(told["compared"][side])) < Decimal("0.00001")
    because = [row["amount"] for (table, _), row in rows.items() if table == "from metered to billed"]
    assert because == [row["amount"] for row in told["compared"]["because"]]


def test_a_step_of_the_budget_has_its_moment_and_amount_or_empty_cells(stepped_report: Report) -> None:
    rows = [row for row in _rows(as_csv(stepped_report)) if row["table"] == "budget step"]

    assert [(row["what"], row["amount"], row["start"]) for row in rows] == [
        ("80 % of 22.000000", "17.601000", "2027-03-02T01:15:00Z"),
        ("90 % of 22.000000", "", ""),
        ("95 % of 22.000000", "20.910000", "2027-03-02T02:45:00Z"),
    ]


def test_every_line_has_every_column(running_report: Report) -> None:
    text = as_csv(running_report)

    assert {len(line) for line in csv.reader(io.StringIO(text))} == {len(COLUMNS)}
    assert "forecast high" in text


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_name_is_a_formula(make_basis: MakeBasis, name: str) -> None:
    found = report(lines(Boot().run(3), Boot().visit(name, 1, 2)), make_basis(), now=finished.GONE, names=True)

    assert f"'{name}" in [row["what"] for row in _rows(as_csv(found))]


def test_what_is_not_known_is_empty(make_basis: MakeBasis) -> None:
    rows = _rows(as_csv(report([], make_basis(), now=finished.GONE)))

    assert {row["amount"] for row in rows if row["what"] == "by_part total"} == {""}


def test_an_event_with_workers_has_its_machines_and_each_worker(workers_report: Report) -> None:
    rows = _rows(as_csv(workers_report))
    machines = [row for row in rows if row["table"] == "by_machine"]
    [total] = [row["amount"] for row in rows if row["what"] == "by_machine total"]
    workers = [row for row in rows if row["table"] == "worker, price an hour"]

    assert sum(Decimal(row["amount"]) for row in machines) == Decimal(total) == workers_report.usd
    assert [(row["count"], row["peak"]) for row in machines] == [("1", "1"), ("2", "2"), ("1", "1"), ("", "")]
    assert [(row["what"], row["amount"], row["hours"]) for row in workers] == [
        ("i-1 r7i.2xlarge spot", "0.25", "7.5000"),
        ("i-2 r7i.2xlarge spot", "0.15", "4.0000"),
        ("i-3 r7i.xlarge on-demand", "", "6.0000"),
    ]
    assert "count" not in _rows(as_csv(report([], workers_report.basis, now=finished.GONE)))[0]
