"""What the tests of costs share: an estimate of the example, and a small event whose figures can be checked by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lab.plans import plan_of
from pophub.core.cost.basis import Basis
from pophub.core.cost.records import BudgetStep, Kind, of_hub, of_step
from pophub.core.cost.report import Report, report
from pophub.organizer.cost.basis_of_event import basis_of
from pophub.organizer.cost.estimate import Estimate
from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import make_plan
from pophub.organizer.plan.prices import region_prices
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MONDAY, Boot, day_on_workers, lines

MakeEvent = Callable[..., Event]
MakeEstimate = Callable[..., Estimate]
MakeBasis = Callable[..., Basis]
# 24 hours before the example's first session, at 09:00 PST
THE_DAY_BEFORE = datetime(2027, 2, 28, 17, tzinfo=UTC)


@pytest.fixture(scope="session")
def make_estimate(make_event: MakeEvent) -> MakeEstimate:
    def make(deployed: datetime = THE_DAY_BEFORE, **changes: Any) -> Estimate:
        event = make_event(**changes)
        made = make_plan(event, region_prices(event.region), now=deployed).today
        assert made is not None
        return made

    return make


@pytest.fixture(scope="session")
def make_basis(make_event: MakeEvent) -> MakeBasis:
    def make(**changes: Any) -> Basis:
        return basis_of(plan_of(make_event(**changes)))

    return make


@pytest.fixture(scope="session")
def finished_report(make_basis: MakeBasis) -> Report:
    return report(finished.lines(), make_basis(), now=finished.GONE, gone=finished.GONE)


@pytest.fixture(scope="session")
def running_report(make_basis: MakeBasis) -> Report:
    """On Wednesday at noon."""
    noon = datetime(2027, 3, 3, 20, tzinfo=UTC)
    told = [line for line in finished.lines() if line.partition(b'"at": "')[2] < noon.isoformat().encode()]
    return report(told, make_basis(), now=noon)


@pytest.fixture(scope="session")
def stepped_report(make_basis: MakeBasis) -> Report:
    """A budget of 22 USD, of which the first day spends 96 %; of its steps, that of 90 % was not noted."""
    basis = make_basis(budget_usd=22)
    noted = [
        of_step(Boot().moment(hours), BudgetStep(percent, usd, basis.budget))
        for hours, percent, usd in ((8.5, 80, Decimal("17.601")), (10, 95, Decimal("20.91")))
    ]
    return report(lines(Boot().run(10.1), noted), basis, now=MONDAY + timedelta(hours=10.1))


@pytest.fixture(scope="session")
def workers_report(make_basis: MakeBasis) -> Report:
    """A day with three workers, looked at after eight and a half hours, when one of them still runs."""
    now = timedelta(hours=8.5)
    seen = [it for it in day_on_workers() if it.up_ms <= now // timedelta(milliseconds=1)]
    beat = of_hub(Kind.BEAT, Boot().moment(8.5))
    return report(lines([*seen, beat]), make_basis(), now=MONDAY + now)
