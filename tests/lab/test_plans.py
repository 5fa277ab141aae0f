"""The lab plans an event as a first deployment would."""

from __future__ import annotations

from lab.plans import plan_of
from pophub.organizer.event.event import Event
from pophub.organizer.plan.prices import region_prices


def test_the_lab_s_plan_is_that_of_a_first_deployment(hackweek: Event) -> None:
    plan = plan_of(hackweek)

    assert (plan.event, plan.prices, plan.pin) == (hackweek, region_prices(hackweek.region), None)
    assert not [warning for warning in plan.warnings if "price" in warning]
