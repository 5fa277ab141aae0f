"""Collect the facts about the workers. It only reads; a fact that cannot be read is None ("not known")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from docker.errors import DockerException  # type: ignore[import-untyped]

from pophub.core.cost.records import Moment
from pophub.core.errors import PophubError
from pophub.hub.watch.work import CLOCKS_DIFFER
from pophub.hub.worker_reports import has_joined, read_report
from pophub.hub.workers.facts import Facts, Worker
from pophub.hub.workers.orphans import find_orphans
from pophub.hub.workers.policy import Policy
from pophub.hub.workers.room import ROUNDING
from pophub.hub.workers.world import Memory, Node, World, worker_of

GIB = 2**30
# https://docs.docker.com/engine/swarm/how-swarm-mode-works/swarm-task-states/; a task in any other state has ended
ALIVE = ("new", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running")
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
ENDING = ("Terminat", "Detach")
# a single report may have been delayed, which looks like a wrong clock; the next one comes five seconds later
CLOCK_LASTS = timedelta(minutes=1)
NOT_ANSWERED = (PophubError, DockerException, OSError, KeyError, TypeError, ValueError)
JsonObject = dict[str, Any]
Reports = dict[str, JsonObject | None]


@dataclass(slots=True)
class _Swarm:
    """The swarm's nodes by instance id; servers and reserved slots by node, those without a node under the empty key."""

    nodes: dict[str, list[Node]] = field(default_factory=lambda: defaultdict(list))
    servers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    slots: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def somebody_joins(self) -> bool:
        """Whether a node has not told its name yet; a worker has its certificate a moment earlier."""
        return any(it["Status"]["State"] != "down" for it in self.nodes.get("", ()))


def collect(world: World, memory: Memory, policy: Policy, moment: Moment, *, closing: bool = False) -> Facts:
    """Look at everything once; `memory` is changed for the next look."""
    group = _group(world)
    instances: list[JsonObject] = group["Instances"] if group else []
    # before the nodes, so that a worker that has joined is among them
    reports = {it["InstanceId"]: read_report(world.reports, it["InstanceId"], moment.at) for it in instances}
    swarm = _swarm(world, policy)
    if group:
        _remember_births(instances, world, memory, policy, moment)
    workers = tuple(_worker(it, swarm, reports, memory=memory, policy=policy, moment=moment) for it in instances)
    if memory.failed is not None and any(it.usable and memory.seen[it.id] > memory.failed for it in workers):
        memory.failed = None
    wanted = int(group["DesiredCapacity"]) if group else None
    return Facts(
        now=moment.at,
        workers=workers if group else None,
        wanted=wanted,
        pending=swarm.servers[""] if swarm else None,
        pending_slots=swarm.slots[""] if swarm else None,
        closing=(closes := _closing(memory, moment, closing or world.closed.exists())),
        failed=None if memory.failed is None else _since(memory.failed, moment),
        refused=_refused(world) if wanted is not None and wanted > len(workers) else "",
        orphans=find_orphans(world, memory, moment) if closes is None else (),
        strays=tuple(_strays(swarm, {it.id for it in workers})) if swarm and group else (),
    )


def _group(world: World) -> JsonObject | None:
    try:
        found = world.aws.call(
            "autoscaling", world.region, "describe_auto_scaling_groups", AutoScalingGroupNames=[world.group]
        )
    except PophubError:
        return None
    return next(iter(found["AutoScalingGroups"]), None)


def _refused(world: World) -> str:
    """AWS's message if the group's newest activity failed, for example for lack of capacity or quota; else empty."""
    try:
        activities = world.aws.call(
            "autoscaling", world.region, "describe_scaling_activities", AutoScalingGroupName=world.group, MaxRecords=1
        )["Activities"]
    except PophubError:
        return ""
    return "".join(str(it.get("StatusMessage", "")) for it in activities if it["StatusCode"] in ("Failed", "Cancelled"))


def _swarm(world: World, policy: Policy) -> _Swarm | None:
    found = _Swarm()
    try:
        ready = set()
        for node in world.docker.nodes(filters={"role": "worker"}):
            found.nodes[worker_of(node)].append(node)
            if node["Status"]["State"] == "ready":
                ready.add(node["ID"])
        for task in world.docker.tasks():
            place = task.get("NodeID", "")
            if _needs_its_node(task, place in ready):
                found.servers[place] += 1
                found.slots[place] += _slots(task, policy)
    except NOT_ANSWERED:
        return None
    return found


def _needs_its_node(task: JsonObject, on_ready: bool) -> bool:
    """Whether a task is wanted or still runs. The tasks of a lost node are "running" for ever, so those do not count."""
    if task["Status"]["State"] not in ALIVE:
        return False
    return task["DesiredState"] in ALIVE or on_ready


def _slots(task: JsonObject, policy: Policy) -> float:
    reserved = (task["Spec"].get("Resources") or {}).get("Reservations") or {}
    return reserved["MemoryBytes"] / GIB / float(policy.slot_gib) if reserved.get("MemoryBytes") else 1.0


def _remember_births(instances: list[JsonObject], world: World, memory: Memory, policy: Policy, moment: Moment) -> None:
    for table in (memory.seen, memory.births, memory.empty, memory.down, memory.noticed, memory.clock_off):
        for gone in table.keys() - {it["InstanceId"] for it in instances}:
            del table[gone]
    for instance in instances:
        worker = instance["InstanceId"]
        memory.seen.setdefault(worker, moment.up_ms)
        if worker not in memory.births:
            usd = _price(instance, world, policy)
            memory.births[worker] = (moment.at.isoformat(timespec="seconds"), None if usd is None else str(usd))


def _price(instance: JsonObject, world: World, policy: Policy) -> Decimal | None:
    """USD an hour; for a spot instance its zone's current price, or the planned price if AWS does not give one."""
    planned = policy.prices.get(instance["InstanceType"])
    if not policy.spot:
        return planned
    try:
        found = world.aws.call(
            "ec2", world.region, "describe_spot_price_history",
            InstanceTypes=[instance["InstanceType"]], AvailabilityZone=instance["AvailabilityZone"],
            ProductDescriptions=["Linux/UNIX"], MaxResults=1,
        )["SpotPriceHistory"]  # fmt: skip
    except PophubError:
        return planned
    return Decimal(found[0]["SpotPrice"]) if found else planned


def _worker(
    instance: JsonObject, swarm: _Swarm | None, reports: Reports, *, memory: Memory, policy: Policy, moment: Moment
) -> Worker:
    worker = instance["InstanceId"]
    nodes = swarm.nodes.get(worker, []) if swarm else []
    servers = sum(swarm.servers[it["ID"]] for it in nodes) if swarm else 0
    ready = any(it["Status"]["State"] == "ready" for it in nodes)
    report, protected = reports[worker], bool(instance["ProtectedFromScaleIn"])
    silent = swarm is not None and not ready and (bool(nodes) or protected)
    notice = _lasting(memory.noticed, worker, moment, bool(report and report.get("notice")) or worker in memory.noticed)
    return Worker(
        id=worker,
        type=instance["InstanceType"],
        age=_since(memory.seen[worker], moment),
        leaving=instance["LifecycleState"].startswith(ENDING),
        healthy=instance["HealthStatus"] == "Healthy",
        protected=protected,
        joined=bool(nodes),
        of_another_hub=swarm is not None and not (nodes or swarm.somebody_joins) and has_joined(report),
        ready=ready,
        paused=all(it["Spec"]["Availability"] != "active" for it in nodes),
        servers=servers,
        slots=sum(swarm.slots[it["ID"]] + _lacking(it, policy) for it in nodes) if swarm else 0,
        empty=_lasting(memory.empty, worker, moment, bool(nodes) and not servers) or timedelta(),
        address=nodes[0]["Status"].get("Addr", "") if nodes else "",
        down=_lasting(memory.down, worker, moment, silent) or timedelta(),
        clock_off=_clock_off(memory, worker, moment, report),
        notice=notice,
    )


def _clock_off(memory: Memory, worker: str, moment: Moment, report: JsonObject | None) -> timedelta | None:
    """The worker's clock error once it lasts; else None.

    It is the worker's and not the hub's: with such an error, AWS would not answer the hub, and nothing would be decided.
    """
    off = timedelta(seconds=(report and report["clock_off"]) or 0)
    lasts = _lasting(memory.clock_off, worker, moment, abs(off) > CLOCKS_DIFFER)
    return off if lasts is not None and lasts >= CLOCK_LASTS else None


def _lacking(node: JsonObject, policy: Policy) -> int:
    """The planned slots that do not fit into the node's memory: Swarm counts the memory that the kernel reports."""
    slots = node["Description"]["Resources"]["MemoryBytes"] / GIB / float(policy.slot_gib)
    return max(0, policy.slots - int(slots + ROUNDING))


def _closing(memory: Memory, moment: Moment, now: bool) -> timedelta | None:
    memory.closing = (moment.up_ms if memory.closing is None else memory.closing) if now else None
    return None if memory.closing is None else _since(memory.closing, moment)


def _lasting(table: dict[str, int], worker: str, moment: Moment, now: bool) -> timedelta | None:
    """How long a condition of this worker has held; None if it does not hold now."""
    if not now:
        table.pop(worker, None)
        return None
    return _since(table.setdefault(worker, moment.up_ms), moment)


def _since(up_ms: int, moment: Moment) -> timedelta:
    return timedelta(milliseconds=moment.up_ms - up_ms)


def _strays(swarm: _Swarm, known: set[str]) -> Iterable[str]:
    for worker, nodes in swarm.nodes.items():
        if worker not in known:
            yield from (it["ID"] for it in nodes if it["Status"]["State"] == "down")
