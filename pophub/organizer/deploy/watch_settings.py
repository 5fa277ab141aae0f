"""A plan → the settings of cost-watch. Pure. The hub itself reads them as JSON, not from the event file."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from pophub.core.contract import STANDARD_SIZE
from pophub.core.figures import usable_gib_of_worker
from pophub.hub.watch.metered import Meter
from pophub.hub.watch.policy import Policy, as_json
from pophub.organizer.cost.basis_of_event import basis_of
from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import Plan
from pophub.organizer.plan.workers import SPOT_OFF, WorkerPlan

# a start took 0.9 CPU-seconds of the machine among 50, of them 0.6 the server's (docs/figures.md, 2026-11-30), so two that
# start at once on one processor are ready after two seconds; pophub/organizer/plan/sizing.py plans with 2.5, as measured
# with the stock image, and then it is five seconds
SPAWNS_A_CPU = 2


def watch_settings(plan: Plan) -> dict[str, Any]:
    """The settings of cost-watch; empty if the event has no AWS machine, because it then runs elsewhere.

    `workers` is there only if the event has workers.
    """
    if not plan.instance_type:
        return {}
    workers = {"workers": workers_of(plan.workers)} if plan.workers else {}
    return {"policy": as_json(policy_of(plan)), "meter": meter_of(plan).as_json(), **workers}


def workers_of(workers: WorkerPlan) -> dict[str, Any]:
    """The rules for the hub's workers; pophub/hub/workers/policy.py describes this form."""
    # all slots together reserve what the system leaves, so that no further server fits
    slot_gib = usable_gib_of_worker(workers.machine.memory_gib) / workers.slots
    return {
        "slots": workers.slots,
        "slot_gib": str(slot_gib.quantize(Decimal("0.001"), ROUND_DOWN)),
        "count": workers.count,
        "most": workers.most,
        "spot": workers.spot,
        "warm_minutes": workers.warm // timedelta(minutes=1),
        "prices": {it.name: str(it.usd_per_hour) for it in workers.types},
        "spot_share": str(1 - SPOT_OFF),
    }


def meter_of(plan: Plan) -> Meter:
    """What the hub's meter records and calculates with."""
    server = plan.event.server
    # the default size comes last, so that a choice cannot replace it by having its name
    sizes = {choice.name: choice.memory_gib for choice in server.choices} | {STANDARD_SIZE: server.memory_gib}
    return Meter(plan.instance_type, plan.sizing.disk_gib, sizes, basis_of(plan), plan.workers is not None)


def roster_for_hub(event: Event) -> dict[str, str]:
    """User name on the hub → name. Whoever has no account yet is missing."""
    provider = event.login.provider
    users = {provider.user_name(person): person.name for person in event.people}
    return {user: name for user, name in users.items() if user}


def policy_of(plan: Plan) -> Policy:
    """The rules of cost-watch."""
    event, machine, times, workers = plan.event, plan.sizing.machine, plan.timetable, plan.workers
    vcpus = workers.vcpus if workers else machine and machine.vcpus
    return Policy(
        timezone=event.timezone,
        sessions=times.windows,
        starts=times.firings("start"),
        stops=times.firings("stop"),
        hub_idle=timedelta(minutes=event.idle.hub_minutes),
        server_idle=timedelta(minutes=event.idle.server_minutes),
        protected=timedelta(hours=event.idle.protect_hours),
        budget_usd=event.budget_usd,
        slots=plan.slots,
        spawns_at_once=vcpus * SPAWNS_A_CPU if vcpus else None,
        # a Unix account is made when its owner signs in for the first time, not before
        roster=() if event.login.provider.makes_accounts else tuple(sorted(roster_for_hub(event))),
    )
