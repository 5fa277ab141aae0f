"""A start from the off page in the meter, and in the report with its hours and its cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms.as_csv import as_csv
from pophub.core.cost.forms.as_json import as_json
from pophub.core.cost.forms.figures import facts
from pophub.core.cost.records import Kind, Reading, Record, as_line, of_hub
from pophub.core.cost.report import report
from pophub.core.cost.wake import Wake
from tests.pophub.core.cost.story import MACHINE, MONDAY, Boot

MakeBasis = Callable[..., Basis]
RECORD = of_hub(Kind.WAKE, Boot().moment(0.02))._replace(wake=Wake(2, 3))


def test_a_record_is_read_as_it_was_written() -> None:
    assert list(Reading([as_line(RECORD)])) == [RECORD]


@pytest.mark.parametrize("wake", [Wake(0, 3), Wake(1, 10**6), Wake(True, 3), Wake("1", 3)])  # type: ignore[arg-type]
def test_a_record_that_cannot_be_is_left_out(wake: Wake) -> None:
    reading = Reading([as_line(RECORD._replace(wake=wake)), as_line(RECORD._replace(wake=None))])

    assert (list(reading), reading.unreadable) == ([], 2)


def test_the_report_has_each_start_with_its_hours_and_its_cost(make_basis: MakeBasis) -> None:
    basis = make_basis()
    evening = Boot("evening", MONDAY + timedelta(hours=12))
    woken = of_hub(Kind.WAKE, evening.moment(0.02))._replace(wake=Wake(2, 3))
    [start, *rest] = evening.run(1.5)
    # cost-watch notes it once; twice counts once
    records: list[Record] = [*Boot().run(9), start, woken, woken._replace(id="again"), *rest]
    found = report(map(as_line, records), basis, now=MONDAY + timedelta(hours=20))
    usd = Decimal("1.5") * basis.tariff.machines[MACHINE].usd_an_hour

    [wake] = as_json(found)["use"]["wakes"]
    assert wake == {
        "what": "start 2 of at most 3 that day",
        "amount": f"{usd:.6f}",
        "start": "2027-03-02T04:45:00Z",
        "hours": "1.5000",
        "number": 2,
        "times_a_day": 3,
    }
    assert dict(facts(found))["from its page"] == f"started 1 time; 1.5 hours on: {usd:.2f}"
    assert f"started from its page,start 2 of at most 3 that day,{usd:.6f},USD,2027-03-02T04:45:00Z" in as_csv(found)


def test_a_hub_that_nobody_woke_has_no_line_of_it(make_basis: MakeBasis) -> None:
    found = report(map(as_line, Boot().run(9)), make_basis(), now=MONDAY + timedelta(hours=20))

    assert (found.use.wakes, "from its page" in dict(facts(found))) == ((), False)
