"""The workers that an event needs: their type, how many servers each holds, and how many there are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from pophub.core.errors import PophubError
from pophub.core.figures import KERNEL_SHARE
from pophub.organizer.event.event import Event
from pophub.organizer.plan.prices import InstanceType, RegionPrices, is_burstable

# Docker and the system of a worker: the engine and containerd took 110 MB, measured with Debian 13, 2026-11
SYSTEM_GIB = Decimal("0.5")
# workers of 7 to 16 people end early enough in the evening, and are not too many
FEWEST_SEATS, MOST_SEATS = 7, 16


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """The event's workers.

    `types` are the types that the Auto Scaling group may take, the chosen one first; all have its memory and at least
    its processors. `seats` is the number of servers, of the largest size, that one worker holds. `count` workers hold
    all participants at once; `most` is the largest number of workers at once.
    """

    types: tuple[InstanceType, ...]
    seats: int
    count: int
    most: int
    spot: bool
    warm: timedelta

    @property
    def machine(self) -> InstanceType:
        """The chosen type."""
        return self.types[0]


def plan_workers(event: Event, prices: RegionPrices) -> WorkerPlan | None:
    """The workers of the event; None if it has one machine.

    Raises:
        PophubError: no type of worker fits.
    """
    wanted = event.workers
    if wanted is None:
        return None
    machine = prices.machine(wanted.type) if wanted.type else _cheapest(event, prices)
    seats = seats_of(event, machine)
    if seats < 1:
        raise PophubError(
            f"a worker {machine.name} with {machine.memory_gib} GiB holds no server of {event.server.largest_memory_gib} GiB",
            hint="name a larger type in `workers.type`, or leave it out",
            field="workers.type",
        )
    count = -(-event.participants // seats)
    siblings = [
        it
        for it in prices.require_machines()
        if it is not machine
        and (it.memory_gib, it.architecture) == (machine.memory_gib, machine.architecture)
        and it.vcpus >= machine.vcpus
        and not is_burstable(it.name)
    ]
    types = (machine, *sorted(siblings, key=lambda it: (it.usd_per_hour, it.name))[:2])
    return WorkerPlan(
        types, seats, count, wanted.most or count + 1, wanted.spot, timedelta(minutes=wanted.warm_minutes)
    )


def seats_of(event: Event, machine: InstanceType) -> int:
    """How many servers of the largest size one worker of this type holds."""
    usable = machine.memory_gib * (1 - KERNEL_SHARE) - SYSTEM_GIB
    return int((usable / event.server.largest_memory_gib).to_integral_value(ROUND_DOWN))


def _cheapest(event: Event, prices: RegionPrices) -> InstanceType:
    machines = [
        it
        for it in prices.require_machines()
        if it.architecture == event.host.architecture
        and not is_burstable(it.name)
        and FEWEST_SEATS <= seats_of(event, it) <= MOST_SEATS
    ]
    if not machines:
        raise PophubError(
            f"no machine of {event.region} holds {FEWEST_SEATS} to {MOST_SEATS} servers of "
            f"{event.server.largest_memory_gib} GiB",
            hint="name a type in `workers.type`, or leave `workers` out",
            field="workers",
        )
    return min(machines, key=lambda it: (-(-event.participants // seats_of(event, it)) * it.usd_per_hour, it.name))
