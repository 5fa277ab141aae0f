"""The total alone: the report's to the last place, at every moment; not known where the report does not know it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pophub.core.cost.basis import Basis
from pophub.core.cost.report import report
from pophub.core.cost.spent import spent
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MONDAY, Boot, day_on_workers, lines, week

MakeBasis = Callable[..., Basis]
METER = finished.lines()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.datetimes(finished.TRIED.replace(tzinfo=None), finished.GONE.replace(tzinfo=None)))
def test_at_every_moment_it_is_what_the_report_says(make_basis: MakeBasis, moment: datetime) -> None:
    now, basis = moment.replace(tzinfo=MONDAY.tzinfo), make_basis()
    exact = spent(METER, basis, now=now)

    assert (exact and round(exact, 6)) == report(METER, basis, now=now).usd


@pytest.mark.parametrize(
    ("meter", "days"),
    [([], 5), (lines(Boot().run(10, machine="m9i.large")), 5), (lines([*week()]), -1)],
    ids=["no record", "no price", "from the future"],
)
def test_what_cannot_be_told_is_not_known(make_basis: MakeBasis, meter: list[bytes], days: int) -> None:
    assert spent(meter, make_basis(), now=MONDAY + timedelta(days=days)) is None


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 30))
def test_also_with_workers_it_is_what_the_report_says(make_basis: MakeBasis, hours: float) -> None:
    now, basis, meter = MONDAY + timedelta(hours=hours), make_basis(), lines([*day_on_workers()])
    exact = spent(meter, basis, now=now)

    assert exact is not None
    assert round(exact, 6) == report(meter, basis, now=now).usd


def test_a_worker_without_a_price_makes_the_total_unknown(make_basis: MakeBasis) -> None:
    boot = Boot()
    meter = lines(boot.run(10, machine="m7i.large"), boot.worker("i-1", 1, 3, type_="x9z.large", usd=None))

    assert spent(meter, make_basis(), now=MONDAY + timedelta(days=1)) is None
