"""An event file → what its report goes by. Pure, and only where the event file is read: the hub has it as JSON."""

from __future__ import annotations

from datetime import timedelta

from pophub.core.cost.basis import Basis
from pophub.organizer.cost.estimate import estimate, likely_deployment
from pophub.organizer.cost.list_prices import tariff_of
from pophub.organizer.plan.check import Check


def basis_of(found: Check) -> Basis:
    """What the event file says, with the estimate that it made; without one where its machine has no known price."""
    event, machine = found.event, found.sizing.machine
    made = estimate(found, deployed=likely_deployment(found))
    starts, stops = (
        tuple(sorted(at for rule in found.rules if rule.action == action for at in rule.firings()))
        for action in ("start", "stop")
    )
    return Basis(
        event=event.name,
        title=event.title,
        timezone=event.timezone,
        participants=event.participants,
        budget=event.budget_usd,
        sessions=found.windows,
        starts=starts,
        stops=stops,
        hub_idle=timedelta(minutes=event.idle.hub_minutes),
        tariff=tariff_of(event.region, *([machine] if machine else [])),
        estimated=tuple(case.usd for case in made.cases) if made else (),
    )
