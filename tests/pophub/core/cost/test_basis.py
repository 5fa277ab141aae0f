"""What a report goes by survives its way to the hub as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pophub.core.cost.basis import Basis, as_json, from_json

MakeBasis = Callable[..., Basis]


def test_the_basis_is_what_the_event_file_says(make_basis: MakeBasis) -> None:
    basis = make_basis()

    assert (basis.event, basis.budget, basis.participants, basis.hub_idle) == (
        "geo-hackweek",
        400,
        60,
        timedelta(minutes=30),
    )
    assert (len(basis.sessions), len(basis.starts), len(basis.stops)) == (5, 5, 78)
    assert basis.ends == datetime(2027, 3, 13, 7, 59, tzinfo=UTC)
    assert [round(amount) for amount in basis.estimated] == [123, 150, 415]


def test_it_is_read_back_as_it_was(make_basis: MakeBasis) -> None:
    for basis in (make_basis(), replace(make_basis(budget_usd=Decimal("99.95")), estimated=())):
        assert from_json(json.loads(json.dumps(as_json(basis)))) == basis


@pytest.mark.parametrize("broken", [{}, {"budget": "much"}, {"tariff": None}, {"starts": ["soon"]}])
def test_anything_else_is_refused(make_basis: MakeBasis, broken: dict[str, object]) -> None:
    data = as_json(make_basis()) | broken if broken else {}

    with pytest.raises((KeyError, TypeError, ValueError, ArithmeticError)):
        from_json(data)


def test_what_workers_cost_stands_there_only_if_there_are_some(make_basis: MakeBasis) -> None:
    crowded = make_basis(workers={"type": "r7i.2xlarge"}, participants=500)

    assert from_json(json.loads(json.dumps(as_json(crowded)))) == crowded
    assert "workers_usd_an_hour" in as_json(crowded)
    assert "workers_usd_an_hour" not in as_json(make_basis())
