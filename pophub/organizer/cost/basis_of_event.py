"""A plan → the basis of the event's cost report. Pure. The hub itself reads it as JSON, not from the event file."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pophub.core.cost.basis import Basis
from pophub.core.cost.money import total
from pophub.organizer.plan.plan import Plan


def basis_of(plan: Plan) -> Basis:
    """The basis of the report; its estimate is empty if the machine's price is unknown."""
    event, times = plan.event, plan.timetable
    return Basis(
        event=event.name,
        title=event.title,
        timezone=event.timezone,
        participants=event.participants,
        budget=event.budget_usd,
        sessions=times.windows,
        starts=times.firings("start"),
        stops=times.firings("stop"),
        hub_idle=timedelta(minutes=event.idle.hub_minutes),
        tariff=plan.prices.tariff,
        estimated=tuple(case.usd for case in plan.planned.cases) if plan.planned else (),
        workers_usd_an_hour=_workers_usd_an_hour(plan),
    )


def _workers_usd_an_hour(plan: Plan) -> Decimal:
    """All planned workers together, with their disks and addresses."""
    if plan.workers is None:
        return Decimal(0)
    return plan.workers.count * total(plan.prices.tariff.worker(plan.workers.usd_an_hour).values())
