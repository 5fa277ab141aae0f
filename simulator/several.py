"""An event of many people on workers, beside one machine that holds everybody, and beside workers that an oracle packs.

When the hub is on, and when each server starts and ends, is that of the one machine: cost-watch decides both alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from pophub.core.cost.tariff import ROOT_DISK_GIB
from pophub.hub.workers.policy import Policy
from pophub.organizer.deploy.watch_settings import workers_of
from pophub.organizer.plan.plan import Plan
from pophub.organizer.plan.workers import SPOT_OFF
from simulator.fleet import BIRTH_SECONDS
from simulator.fleet_replay import FleetReplay
from simulator.hub import Stay, Tally
from simulator.replay import replay
from simulator.trace import Trace
from simulator.ways import WATCH, ways

# the hub's machine beside workers runs no server: 8 processors for 500 starts, 32 GiB for the hub and the page cache
HUB_MACHINE = "m7i.2xlarge"


@dataclass(frozen=True, slots=True)
class Run:
    """One way of running the event. Waits are for a worker alone; a server that is lost was used by somebody."""

    way: str
    usd: Decimal
    # hours of the machines that run servers
    hours: Decimal
    most: int
    # sum over people in minutes, and the longest in seconds
    waited: float = 0
    longest_wait: int = 0
    # by AWS, and by the hub
    lost: int = 0
    ended_under_use: int = 0


ONE, DEMAND, SPOT, PACKED, PERFECT = (
    "one machine", "workers on demand", "workers on spot", "oracle that packs", "oracle that moves people",
)  # fmt: skip


def runs(trace: Trace, plan: Plan) -> tuple[Run, ...]:
    """The one machine, workers on demand and on spot, and both oracles at the price on demand.

    `trace` is the event on one machine, `plan` the same event with workers.
    """
    assert plan.workers is not None
    # started ahead for everybody, servers would cost workers for people who never come
    alone = replace(trace, policy=replace(trace.policy, slots=None))
    tally = replay(alone, next(it for it in ways(alone) if it.name == WATCH))
    hours = Decimal(sum(tally.on)) / 60
    one = _standing(trace) + hours * trace.tariff.machines[trace.instance_type].usd_an_hour
    slots = plan.workers.slots
    return (
        Run(ONE, one, hours, 1),
        _with_workers(trace, plan, tally, spot=False),
        _with_workers(trace, plan, tally, spot=True),
        _oracle(PACKED, packed_seconds(tally.servers, slots), trace, plan, tally),
        _oracle(PERFECT, fewest_seconds(tally.servers, slots), trace, plan, tally),
    )


def ratios(found: tuple[Run, ...]) -> tuple[float, float, float]:
    """The cost of workers on demand and on spot divided by the one machine's; and that on demand by the packing oracle's."""
    usd = {run.way: run.usd for run in found}
    return float(usd[DEMAND] / usd[ONE]), float(usd[SPOT] / usd[ONE]), float(usd[DEMAND] / usd[PACKED])


def packed_seconds(stays: Iterable[Stay], slots: int) -> int:
    """The seconds of workers on which each server goes where the most are, and that come and go as they are needed."""
    open_ones: list[list[Stay]] = []
    seconds = 0
    for stay in sorted(stays, key=lambda it: it.start):
        for worker in list(open_ones):
            if all(it.end <= stay.start for it in worker):
                seconds += _span(worker)
                open_ones.remove(worker)
        running = {id(it): sum(other.end > stay.start for other in it) for it in open_ones}
        best = max((it for it in open_ones if running[id(it)] < slots), key=lambda it: running[id(it)], default=None)
        if best is None:
            best = []
            open_ones.append(best)
        best.append(stay)
    return seconds + sum(map(_span, open_ones))


def fewest_seconds(stays: Iterable[Stay], slots: int) -> int:
    """The seconds of as few workers as hold the servers of each minute, if people could be moved."""
    change: dict[int, int] = defaultdict(int)
    for stay in stays:
        change[stay.start] += 1
        change[stay.end] -= 1
    seconds = running = last = 0
    for minute in sorted(change):
        seconds += -(-running // slots) * (minute - last) * 60
        running, last = running + change[minute], minute
    return seconds


def _span(worker: list[Stay]) -> int:
    return (max(it.end for it in worker) - min(it.start for it in worker)) * 60 + BIRTH_SECONDS


def _policy(plan: Plan) -> Policy:
    assert plan.workers is not None
    sessions = [[it.start.isoformat(), it.end.isoformat()] for it in plan.timetable.windows]
    policy = {"timezone": plan.event.timezone, "sessions": sessions}
    return Policy.from_json({"workers": workers_of(plan.workers), "policy": policy})


def _with_workers(trace: Trace, plan: Plan, tally: Tally, *, spot: bool) -> Run:
    replayed = FleetReplay(trace, _policy(plan), tally, spot=spot).run()
    fleet = replayed.fleet
    usd = _usd(trace, plan, fleet.seconds, tally, share=1 - SPOT_OFF if spot else Decimal(1))
    waits = fleet.waits or [0]
    return Run(
        SPOT if spot else DEMAND, usd, Decimal(fleet.seconds) / 3600, replayed.most, round(sum(waits) / 60, 1), max(waits),
        replayed.lost, fleet.ended,
    )  # fmt: skip


def _oracle(way: str, seconds: int, trace: Trace, plan: Plan, tally: Tally) -> Run:
    return Run(way, _usd(trace, plan, seconds, tally, share=Decimal(1)), Decimal(seconds) / 3600, 0)


def _usd(trace: Trace, plan: Plan, seconds: int, tally: Tally, *, share: Decimal) -> Decimal:
    """The hub's machine while it is on, its disks, and each worker with its disk and address."""
    assert plan.workers is not None
    tariff = trace.tariff
    worker = plan.workers.machine.usd_per_hour * share
    worker += ROOT_DISK_GIB * tariff.disk_usd_a_gib_hour + tariff.address_usd_an_hour
    hub = tariff.machines[HUB_MACHINE].usd_an_hour * sum(tally.on) / 60
    return _standing(trace) + hub + worker * seconds / 3600


def _standing(trace: Trace) -> Decimal:
    return trace.tariff.usd_an_hour_stopped(trace.event.disk_gib) * trace.minutes / 60
