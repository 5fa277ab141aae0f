"""An event and its machine → what its watch goes by. Pure, and only where the event file is read: the hub has it as JSON."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pophub.core.errors import PophubError
from pophub.hub.watch.metered import STANDARD, Meter
from pophub.hub.watch.policy import Policy, as_json
from pophub.organizer.cost.basis_of_event import basis_of
from pophub.organizer.event.event import Event
from pophub.organizer.plan import prices
from pophub.organizer.plan.check import Check, check
from pophub.organizer.plan.prestart import prestart, seats
from pophub.organizer.plan.schedule import Action, schedule, windows
from pophub.organizer.plan.sizing import Sizing

# JupyterLab takes 2.5 CPU-seconds to start (pophub/organizer/plan/sizing.py): two at once on a processor are ready
# in five seconds
SPAWNS_A_CPU = 2


def watch_settings(event: Event) -> dict[str, Any]:
    """What the hub has as watch.json; empty where AWS has no machine for the event, which then runs elsewhere."""
    try:
        # how old the prices are is for the report to say
        found = check(event, today=prices.AS_OF)
    except PophubError:
        return {}
    return {"policy": as_json(policy_of(event, found.sizing)), "meter": meter_of(found).as_json()}


def meter_of(found: Check) -> Meter:
    """What the hub's own meter notes, and counts with."""
    sizing, server = found.sizing, found.event.server
    # a choice cannot take the standard's name from it
    sizes = {choice.name: choice.memory_gib for choice in server.choices} | {STANDARD: server.memory_gib}
    return Meter(sizing.instance_type, sizing.disk_gib, sizes, basis_of(found))


def policy_of(event: Event, sizing: Sizing) -> Policy:
    """What the watch goes by."""
    machine = sizing.machine
    return Policy(
        timezone=event.timezone,
        sessions=windows(event),
        starts=_firings(event, "start"),
        stops=_firings(event, "stop"),
        hub_idle=timedelta(minutes=event.idle.hub_minutes),
        server_idle=timedelta(minutes=event.idle.server_minutes),
        protected=timedelta(hours=event.idle.protect_hours),
        budget_usd=event.budget_usd,
        # without seats nobody's server is started before a session
        seats=seats(event, machine) if machine and prestart(event, machine)[0] else None,
        spawns_at_once=machine.vcpus * SPAWNS_A_CPU if machine else None,
    )


def _firings(event: Event, action: Action) -> tuple[datetime, ...]:
    return tuple(sorted(at for rule in schedule(event) if rule.action == action for at in rule.firings()))
