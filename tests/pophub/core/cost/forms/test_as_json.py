"""The report for a program: everything in it, every table exact, what is not known is null."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms.as_json import as_json
from pophub.core.cost.report import Report, report
from pophub.organizer.cost.cost_report import Form
from tests.pophub.core.cost import finished

MakeBasis = Callable[..., Basis]


def _told(found: Report) -> Any:
    return json.loads(json.dumps(as_json(found)))


def test_the_finished_event_reads_as_it_should() -> None:
    assert finished.written(Form.JSON) == (finished.DOCS / "report.json").read_text()


def test_every_table_adds_up_exactly(finished_report: Report) -> None:
    told = _told(finished_report)

    for table in ("by_part", "by_whom", "by_day", "by_session"):
        assert sum(Decimal(row["amount"]) for row in told[table]) == Decimal(told["total"]), table


def test_metered_and_what_explains_the_difference_are_what_is_billed() -> None:
    compared = json.loads(finished.written(Form.JSON))["compared"]
    because = sum(Decimal(row["amount"]) for row in compared["because"])

    assert Decimal(compared["metered"]) + because == Decimal(compared["billed"])


def test_what_is_not_known_is_null(make_basis: MakeBasis) -> None:
    told = _told(report([], make_basis(), now=finished.GONE))

    assert [told[key] for key in ("total", "an_hour_now", "forecast", "billed", "compared")] == [None] * 5
    assert told["notes"]


def test_a_step_of_the_budget_that_nobody_noted_has_no_moment_and_no_amount(stepped_report: Report) -> None:
    assert _told(stepped_report)["budget_steps"] == [
        {"percent": 80, "at": "2027-03-02T01:15:00Z", "spent": "17.601000", "budget": "22.000000"},
        {"percent": 90, "at": None, "spent": None, "budget": "22.000000"},
        {"percent": 95, "at": "2027-03-02T02:45:00Z", "spent": "20.910000", "budget": "22.000000"},
    ]


def test_a_running_event_has_its_forecast(running_report: Report) -> None:
    told = _told(running_report)

    assert list(told["forecast"]) == list(told["estimated"]) == ["low", "expected", "high"]
    assert told["running"] is True


def test_each_worker_is_there_from_its_birth_to_its_end(workers_report: Report, finished_report: Report) -> None:
    told = _told(workers_report)

    assert told["workers"][1] == {
        "id": "i-2", "type": "r7i.2xlarge", "market": "spot", "usd_an_hour": "0.15",
        "start": "2027-03-01T17:45:00Z", "end": "2027-03-01T21:45:00Z", "end_known": True, "hours": "4.0000",
    }  # fmt: skip
    assert [(it["id"], it["usd_an_hour"], it["end_known"]) for it in told["workers"]] == [
        ("i-1", "0.25", False), ("i-2", "0.15", True), ("i-3", None, True),
    ]  # fmt: skip
    assert sum(Decimal(row["amount"]) for row in told["by_machine"]) == Decimal(told["total"])
    assert [(row["what"], row["count"], row["peak"]) for row in told["by_machine"][:-1]] == [
        ("the hub's machine, m7i.large", 1, 1),
        ("workers, r7i.2xlarge spot", 2, 2),
        ("workers, r7i.xlarge on-demand", 1, 1),
    ]
    assert not {"workers", "by_machine"} & set(_told(finished_report))
