"""A plan → what the event's report goes by. Pure, and only where the event file is read: the hub has it as JSON."""

from __future__ import annotations

from datetime import timedelta

from pophub.core.cost.basis import Basis
from pophub.organizer.plan.plan import Plan


def basis_of(plan: Plan) -> Basis:
    """What the event file says, with the estimate that it made; without one if its machine has no known price."""
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
    )
