"""A worker's fields in a record: there and back, and what is no worker."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pophub.core.cost.records import Kind, Reading, as_line, of_worker
from pophub.core.cost.worker import ON_DEMAND, SPOT, Worker
from tests.pophub.core.cost.story import Boot

SEEN = Worker("i-1", "r7i.2xlarge", SPOT, Decimal("0.2117"), 90_000)


@pytest.mark.parametrize("kind", [Kind.WORKER_START, Kind.WORKER_STOP])
@pytest.mark.parametrize("worker", [SEEN, SEEN._replace(market=ON_DEMAND, usd_an_hour=None, age_ms=0)])
def test_a_worker_is_read_back_as_it_was(kind: Kind, worker: Worker) -> None:
    record = of_worker(kind, Boot().moment(1), worker)

    assert [*Reading([as_line(record)])] == [record]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("worker", ""),
        ("worker", 7),
        ("type", None),
        ("market", "capacity-block"),
        ("usd_an_hour", "-0.1"),
        ("usd_an_hour", "NaN"),
        ("usd_an_hour", "cheap"),
        ("usd_an_hour", "1e30"),
        ("age", -1),
        ("age", 1.5),
        ("age", None),
        ("age", 10**15),
    ],
)
def test_a_field_that_no_worker_can_have_makes_the_record_unreadable(field: str, value: Any) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, ArithmeticError)):
        Worker.from_json(SEEN.as_json() | {field: value})
