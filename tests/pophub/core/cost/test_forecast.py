"""Where the spending ends: the remaining hours by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pophub.core.cost.basis import Basis
from pophub.core.cost.forecast import Forecast, forecast
from tests.pophub.core.cost.story import DISK_GIB, MACHINE, MONDAY

MakeBasis = Callable[..., Basis]
SPENT = Decimal(10)
RATE = Decimal("2.016")
STANDING = Decimal("0.08") * 644 / 730 + Decimal("0.005")


def _ahead(basis: Basis, now: datetime, *, running: bool) -> Forecast:
    found = forecast(basis, SPENT, machine=MACHINE, disk_gib=DISK_GIB, running=running, now=now)
    assert found is not None
    return found


def test_the_hours_that_are_left_are_those_of_the_sessions_the_schedule_and_the_clock(make_basis: MakeBasis) -> None:
    # Friday 15:00 PST: 2.5 hours of session and half an idle hour; until 01:30 by the schedule; a week until the end
    now = MONDAY + timedelta(days=4, hours=6.25)
    found = _ahead(make_basis(), now, running=True)
    left = Decimal(7 * 24 + 9) - Decimal(1) / 60

    assert found.low == pytest.approx(SPENT + 3 * RATE + left * STANDING, rel=Decimal("1e-6"))
    assert found.expected == pytest.approx(SPENT + Decimal("10.5") * RATE + left * STANDING, rel=Decimal("1e-6"))
    assert found.high == pytest.approx(SPENT + left * (RATE + STANDING), rel=Decimal("1e-6"))


def test_a_machine_that_runs_outside_a_session_stops_once_it_was_idle_for_long_enough(make_basis: MakeBasis) -> None:
    now = MONDAY + timedelta(days=4, hours=10.25)

    assert _ahead(make_basis(), now, running=True).low - _ahead(make_basis(), now, running=False).low == RATE / 2


def test_a_stopped_machine_waits_for_the_next_start(make_basis: MakeBasis) -> None:
    found = _ahead(make_basis(), MONDAY + timedelta(days=4, hours=6.25), running=False)

    assert found.expected == pytest.approx(SPENT + (Decimal(177) - Decimal(1) / 60) * STANDING, rel=Decimal("1e-6"))


def test_after_the_end_nothing_is_added(make_basis: MakeBasis) -> None:
    found = _ahead(make_basis(), MONDAY + timedelta(days=30), running=False)

    assert (found.low, found.expected, found.high) == (SPENT, SPENT, SPENT)


def test_a_machine_without_a_price_has_no_forecast(make_basis: MakeBasis) -> None:
    assert forecast(make_basis(), SPENT, machine="m9i.large", disk_gib=604, running=True, now=MONDAY) is None


@given(st.integers(-5000, 20_000), st.booleans())
def test_the_cone_opens_upwards_and_never_falls(make_basis: MakeBasis, minutes: int, running: bool) -> None:
    cone = _ahead(make_basis(), MONDAY + timedelta(minutes=minutes), running=running).cone

    assert cone[0][1:] == (SPENT, SPENT, SPENT)
    assert all(low <= expected <= high for _, low, expected, high in cone)
    assert all(a <= b for one, two in pairwise(cone) for a, b in zip(one[1:], two[1:], strict=True))


def test_all_workers_run_while_the_hub_does(make_basis: MakeBasis) -> None:
    now = MONDAY + timedelta(days=4, hours=6.25)
    basis = make_basis()
    alone, crowded = (_ahead(replace(basis, workers_usd_an_hour=Decimal(it)), now, running=True) for it in (0, 7))

    assert crowded.low - alone.low == pytest.approx(3 * Decimal(7), rel=Decimal("1e-6"))
    assert crowded.expected - alone.expected == pytest.approx(Decimal("10.5") * 7, rel=Decimal("1e-6"))
