"""Workers, and one machine beside several, as rows for a person and as data for a program. It calculates nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pophub.core.cost.money import shown
from pophub.core.figures import WORKER_SYSTEM_GIB
from pophub.organizer.event.sections import MOST_WORKERS
from pophub.organizer.plan.comparison import Comparison, Way, difference
from pophub.organizer.plan.plan import Plan
from pophub.organizer.plan.workers import MOST_SLOTS, SPOT_OFF, WorkerPlan

LOSS = "AWS may end a worker with two minutes' notice: kernels on it are lost, files are not"
ASSUMED = (
    "assumed: a fifth leaves at noon, most with the session, a quarter works on, 60% leave a tab open; a worker is there "
    "until its last server is gone, one machine until the last person has stopped working (in the estimate of one machine "
    "all leave within `assumptions.after_hours`). Homes and the hub's disk are the same in all and left out"
)
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html
SPOT_QUOTA = "of the account's quota of spot requests, which is not the one of running On-Demand vCPUs"
ON_DEMAND_QUOTA = "of the account's quota of running On-Demand vCPUs, beside the hub's"


def summary(workers: WorkerPlan, plan: Plan) -> str:
    """The workers in one line."""
    machine = workers.machine
    why = "" if plan.event.workers else ", because no single machine holds everybody at once"
    market = f"{machine.usd_per_hour} USD an hour{' on demand; spot is asked for' if workers.spot else ''}"
    return (
        f"{workers.count} {machine.name} of {workers.slots} servers each{why}: {machine.vcpus} vCPU, {machine.memory_gib} GiB, "
        f"{market}"
    )


def rows(workers: WorkerPlan, plan: Plan) -> Iterator[tuple[str, ...]]:
    """How the workers were worked out."""
    event, machine = plan.event, workers.machine
    each = event.server.largest_memory_gib
    why = "as `workers.type` says"
    if event.workers is None or event.workers.type is None:
        why = (
            f"the cheapest in the end of those with {MOST_SLOTS} servers at most: it ends when its few people have left"
        )
    yield "type", machine.name, why
    yield "others", ", ".join(it.name for it in workers.types[1:]) or "none", "taken where AWS has none of the first"
    kept = f"servers of {each} GiB, beside {WORKER_SYSTEM_GIB} GiB for the worker's system"
    yield "servers", f"{workers.slots} each", kept
    yield "workers", str(workers.count), f"hold {workers.count * workers.slots}, for {event.participants} people"
    yield "most", str(workers.most), f"at once, also for walk-ins; the network has addresses for {MOST_WORKERS}"
    minutes = int(workers.warm.total_seconds() // 60)
    yield (
        "warm",
        f"{minutes} minutes",
        "before a session they are ready; hub and workers start 15 minutes earlier still",
    )
    yield "quota", f"{workers.vcpus} vCPU", SPOT_QUOTA if workers.spot else ON_DEMAND_QUOTA


def compared(found: Comparison) -> Iterator[tuple[str, ...]]:
    """Each way with its cost and its reason."""
    if found.one is not None:
        yield "one machine", found.one.machine.name, f"{shown(found.one.usd, 0)} USD", "", "nobody is moved or lost"
    if found.several is not None:
        for way, why in zip(found.several, ("each ends in the evening as its people leave", _spot()), strict=True):
            yield _name(way), _machines(way), f"{shown(way.usd, 0)} USD", _more(found, way), why


def as_json(workers: WorkerPlan | None) -> dict[str, Any] | None:
    """The workers as data, with decimals as they are."""
    if workers is None:
        return None
    return {
        "types": [it.name for it in workers.types],
        "slots": workers.slots,
        "count": workers.count,
        "most": workers.most,
        "spot": workers.spot,
        "warm_minutes": int(workers.warm.total_seconds() // 60),
        "reserve_gib": workers.reserve_gib,
        "vcpus": workers.vcpus,
    }


def compared_json(found: Comparison | None) -> dict[str, Any] | None:
    """The comparison as data."""
    if found is None:
        return None
    on_demand, on_spot = found.several or (None, None)
    return {
        "advice": found.advice,
        "one_machine": _way_json(found.one),
        "on_demand": _way_json(on_demand),
        "spot": _way_json(on_spot),
        "spot_assumed_off": SPOT_OFF,
        "assumed": ASSUMED,
    }


def _spot() -> str:
    return f"{SPOT_OFF:.0%} off is an assumption, spot prices are not in the table; {LOSS}"


def _name(way: Way) -> str:
    return "workers on spot" if way.workers and way.workers.spot else "workers on demand"


def _machines(way: Way) -> str:
    workers = way.workers
    return f"{way.machine.name} and {workers.count} {workers.machine.name}" if workers else way.machine.name


def _more(found: Comparison, way: Way) -> str:
    more = found.more(way)
    return "" if more is None else difference(more)


def _way_json(way: Way | None) -> dict[str, Any] | None:
    if way is None:
        return None
    workers = {"worker": way.workers.machine.name, "workers": way.workers.count} if way.workers else {}
    return {"machine": way.machine.name, **workers, "usd": round(way.usd, 2)}
