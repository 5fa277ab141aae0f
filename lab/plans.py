"""The plan of an event for the lab: with the price table's prices, never deployed before."""

from __future__ import annotations

from datetime import UTC, datetime, time

from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import Plan, plan_elsewhere
from pophub.organizer.plan.prices import AS_OF, region_prices


def plan_of(event: Event) -> Plan:
    """The plan as of the day of the price table, so that it is the same on every day."""
    return plan_elsewhere(event, region_prices(event.region), now=datetime.combine(AS_OF, time(12), UTC))
