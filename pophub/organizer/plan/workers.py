"""The workers that an event needs: their type, how many servers each holds, and how many there are. Pure.

The cheapest type is not the one with the lowest price an hour for everybody: large and small machines cost the same per
GiB, but a small worker ends when its few people have left, and a large one is there until the last of many has. The
smallest lose by what each worker needs for itself: its disk, its address, and the memory of its system.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from pophub.core.calendar import LEAD
from pophub.core.cost import spans
from pophub.core.cost.tariff import HOURS_A_MONTH, ROOT_DISK_GIB
from pophub.core.errors import PophubError
from pophub.core.figures import usable_gib_of_worker
from pophub.organizer.event.event import Event
from pophub.organizer.event.sections import MOST_WORKERS, Workers
from pophub.organizer.plan.leaving import Leaving
from pophub.organizer.plan.prices import InstanceType, RegionPrices, architecture_of, is_burstable
from pophub.organizer.plan.schedule import windows
from pophub.organizer.plan.server_limit import server_limit
from pophub.organizer.plan.sizing import VCPUS_A_PERSON

# an assumption: spot prices change all the time and are not in the price table. https://aws.amazon.com/ec2/spot/ says
# up to 90 %
SPOT_OFF = Decimal("0.6")
# the loss of one worker takes no more people with it, if a type with so few servers fits
MOST_SLOTS = 16
# how many types the Auto Scaling group may take
TYPES = 3
EXPECTED = 1


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """The event's workers.

    `types` are the types that the Auto Scaling group may take, the chosen one first; all have its memory and at least
    its processors. `slots` is the number of servers, of the largest size, that one worker holds. `count` workers hold
    all participants at once; `most` is the largest number of workers at once, for helpers and walk-ins too.
    `reserve_gib` is the memory that Swarm reserves for a server of the standard size: servers that fill a worker leave
    its system WORKER_SYSTEM_GIB.
    """

    types: tuple[InstanceType, ...]
    slots: int
    count: int
    most: int
    spot: bool
    warm: timedelta
    reserve_gib: Decimal

    @property
    def machine(self) -> InstanceType:
        """The chosen type."""
        return self.types[0]

    @property
    def lead(self) -> timedelta:
        """How long before a session the hub and its workers start."""
        return LEAD + self.warm

    @property
    def standard_slots(self) -> int:
        """How many servers of the standard size one worker holds."""
        return int(_usable_gib(self.machine) / self.reserve_gib)

    @property
    def vcpus(self) -> int:
        """The processors of all workers that hold everybody, which the account's quota must allow."""
        return self.count * self.machine.vcpus

    @property
    def usd_an_hour(self) -> Decimal:
        """The expected price of one worker's machine."""
        return self.machine.usd_per_hour * (1 - SPOT_OFF if self.spot else 1)


def plan_workers(event: Event, wanted: Workers | None, prices: RegionPrices, *, keep: str = "") -> WorkerPlan | None:
    """The workers of the event; None if it has one machine.

    The type is the one that the organizer names, else `keep` if it still holds everybody, else the cheapest.

    Raises:
        PophubError: the event cannot have these workers.
    """
    if wanted is None:
        return None
    machine = _named(event, wanted.type, prices) if wanted.type else _kept_or_cheapest(event, wanted, prices, keep)
    count = _count(event, machine)
    if count > MOST_WORKERS:
        raise PophubError(
            f"{count} workers {machine.name} would be needed, and the event's network has addresses for {MOST_WORKERS}",
            hint="name a larger type in `workers.type`, or leave it out",
            field="workers.type",
        )
    if wanted.most is not None and wanted.most < count:
        held = wanted.most * slots_of(event, machine)
        raise PophubError(
            f"{wanted.most} workers {machine.name} hold {held} servers, and {event.participants} people work at once",
            hint=f"raise `workers.most` to {count} or more, or leave it out",
            field="workers.most",
        )
    return _made(event, wanted, prices, machine)


def slots_of(event: Event, machine: InstanceType) -> int:
    """How many servers of the largest size one worker of this type holds; 0 if it cannot hold one."""
    server = event.server
    if max([server.cpus, *(choice.cpus for choice in server.choices)]) > machine.vcpus:
        return 0
    return _held(event, machine, server.largest_memory_gib)


def worker_usd(event: Event, workers: WorkerPlan, prices: RegionPrices) -> Decimal:
    """What all workers are expected to cost in all sessions: machines, disks and addresses."""
    found = windows(event)
    after = Leaving.of(event, EXPECTED).worker_after(event.participants, workers.slots)
    hours = spans.hours(spans.attended(found, after, found[0].start - workers.lead, lead=workers.lead))
    around = ROOT_DISK_GIB * prices.usd("gp3_storage") / HOURS_A_MONTH + prices.usd("public_ipv4")
    return workers.count * hours * (workers.usd_an_hour + around)


def _made(event: Event, wanted: Workers, prices: RegionPrices, machine: InstanceType) -> WorkerPlan:
    count, slots = _count(event, machine), slots_of(event, machine)
    siblings = [
        it
        for it in prices.require_machines()
        if it is not machine
        and (it.memory_gib, it.architecture) == (machine.memory_gib, machine.architecture)
        and it.vcpus >= machine.vcpus
        and not is_burstable(it.name)
    ]
    return WorkerPlan(
        types=(machine, *sorted(siblings, key=lambda it: (it.usd_per_hour, it.name))[: TYPES - 1]),
        slots=slots,
        count=count,
        # on one machine servers share memory that is not used; Swarm reserves each one's whole limit
        most=wanted.most or min(max(count + 1, -(-server_limit(event) // slots)), MOST_WORKERS),
        spot=wanted.spot,
        warm=timedelta(minutes=wanted.warm_minutes),
        reserve_gib=_reserve_gib(event, machine),
    )


def _count(event: Event, machine: InstanceType) -> int:
    return -(-event.participants // slots_of(event, machine))


def _usable_gib(machine: InstanceType) -> Decimal:
    return usable_gib_of_worker(machine.memory_gib)


def _held(event: Event, machine: InstanceType, gib: Decimal) -> int:
    """How many servers with so much memory one worker holds."""
    by_processors = machine.vcpus / max(VCPUS_A_PERSON, event.server.largest_cpu_guarantee)
    return max(0, int(min(_usable_gib(machine) / gib, by_processors)))


def _reserve_gib(event: Event, machine: InstanceType) -> Decimal:
    """The standard size's part of a worker. Other sizes reserve in proportion, and no size alone may lose a slot by it."""
    server = event.server
    sizes = {server.memory_gib, *(choice.memory_gib for choice in server.choices)}
    more = min(_usable_gib(machine) / (_held(event, machine, size) * size) for size in sizes)
    return (server.memory_gib * more).quantize(Decimal("0.001"), ROUND_DOWN)


def _named(event: Event, name: str, prices: RegionPrices) -> InstanceType:
    """The type that the organizer names.

    Raises:
        PophubError: it does not suit the event, or it has no price.
    """
    wanted, got = event.host.architecture, architecture_of(name)
    if got != wanted:
        raise _unsuitable(
            f"{name} has {got} processors, `host.architecture` says {wanted}, and all machines run the same image",
            f"name a worker with {wanted} processors, or set `host.architecture: {got}`",
        )
    if is_burstable(name):
        raise _unsuitable(
            f"{name} is burstable: a full worker uses its CPU credits up, and is slow then or billed on top",
            "name another type, or leave it out",
        )
    try:
        machine = prices.machine(name)
    except PophubError as unknown:
        family = name.partition(".")[0]
        raise _unsuitable(
            f"{unknown.problem}: how many servers it holds is not known",
            f"name a type of the table, leave it out, or `pophub prices --family {family}` adds its family",
        ) from unknown
    if not slots_of(event, machine):
        raise _unsuitable(
            f"a worker {name} with {machine.vcpus} vCPU and {machine.memory_gib} GiB holds no server of "
            f"{event.server.largest_memory_gib} GiB",
            "name a larger type, or leave it out",
        )
    return machine


def _kept_or_cheapest(event: Event, wanted: Workers, prices: RegionPrices, keep: str) -> InstanceType:
    fitting = [
        it
        for it in prices.require_machines()
        if it.architecture == event.host.architecture
        and not is_burstable(it.name)
        and slots_of(event, it)
        and _count(event, it) <= MOST_WORKERS
    ]
    if not fitting:
        raise PophubError(
            f"no {event.host.architecture} machine of {event.region} is a worker for {event.participants} people with "
            f"{event.server.largest_memory_gib} GiB each, {MOST_WORKERS} workers at most",
            hint="lower `participants`, `server.memory_gib` or `server.cpus`",
            field="participants" if event.workers is None else "workers",
        )
    kept = next((it for it in fitting if it.name == keep), None)

    def cost(machine: InstanceType) -> tuple[bool, Decimal, str]:
        made = _made(event, wanted, prices, machine)
        return made.slots > MOST_SLOTS, worker_usd(event, made, prices), machine.name

    return kept or min(fitting, key=cost)


def _unsuitable(problem: str, hint: str) -> PophubError:
    return PophubError(problem, hint=hint, field="workers.type")
