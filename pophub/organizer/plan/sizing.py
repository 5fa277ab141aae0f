"""Which machine and disk an event needs, and the reasons as data. It chooses only from the price table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from pophub.core.errors import PophubError
from pophub.core.figures import HUB_MEMORY_GIB, KERNEL_SHARE
from pophub.organizer.event.event import HUB_STATE_GIB, Event
from pophub.organizer.plan.prices import Architecture, InstanceType, RegionPrices, architecture_of, is_burstable

# https://jupyterhub.readthedocs.io/en/stable/explanation/capacity-planning.html: a quarter of a core
HUB_VCPUS = Decimal("0.25")
# measured with the stock JupyterLab image, from the click until the server answers, 2026-11
CPU_SECONDS_A_SPAWN = Decimal("2.5")
# at the start of a session all people start their servers together; the processors must start all within this time
OPENING_SECONDS = Decimal(60)

# the same page: a hub with about 100 active people on 8 cores
VCPUS_A_PERSON = Decimal("0.08")

# beside workers: JupyterHub and its proxy took 256 MB with 50 people, Swarm's manager 115 MB with 500 pending starts
# (both measured 2026-11); the rest is for the system, and for the cache of the homes that workers read over NFS
ALONE_GIB, ALONE_GIB_A_PERSON = Decimal(4), Decimal(4) / 1024
# assumptions: one processor each for the hub and its proxy, and what starts, homes and Swarm take of others
ALONE_VCPUS, ALONE_VCPUS_A_PERSON = Decimal(2), Decimal("0.006")

BURSTABLE = "burstable"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One figure of the calculation, and the reason for it."""

    what: str
    figure: Decimal
    unit: str
    because: str


@dataclass(frozen=True, slots=True)
class Needs:
    """The minimum that a machine must have."""

    architecture: Architecture
    memory_gib: Decimal
    vcpus: Decimal


@dataclass(frozen=True, slots=True)
class Rejected:
    """The machines that were rejected for one reason; `nearest` is the one that comes closest, `but` says what it lacks."""

    why: str
    count: int
    nearest: InstanceType
    but: str


@dataclass(frozen=True, slots=True)
class Sizing:
    """The machine and the disk. `machine` is None if the organizer named a type without a known price."""

    instance_type: str
    disk_gib: int
    machine: InstanceType | None
    needs: Needs
    steps: tuple[Requirement, ...]
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[str, ...] = ()


class NoMachineFits(PophubError):
    """The event needs more than the region's largest machine has."""


def size(event: Event, prices: RegionPrices, *, keep: str = "", alone: bool = False) -> Sizing:
    """The machine that the organizer names, else `keep` if it is big enough for everybody at once, else the cheapest.

    `alone` means that it runs no servers, because workers do.

    Raises:
        NoMachineFits: no machine is large enough.
        PophubError: the region has no prices, or the named machine has another processor.
    """
    steps, needs = _needs(event, alone=alone)
    if event.host.instance_type is not None:
        return _named(event, prices, needs, steps)
    machines = prices.require_machines()
    fitting = sorted((it for it in machines if not _objections(it, needs)), key=_by_price)
    rejected = _rejected([it for it in machines if it not in fitting], needs)
    if not fitting:
        raise _nothing_fits(event, needs, rejected)
    best = next((it for it in fitting if it.name == keep), fitting[0])
    cheaper, dearer = fitting[: fitting.index(best)], fitting[fitting.index(best) + 1 :]
    if cheaper:
        but = f"fits too, but the hub has {keep}: `host.instance_type` asks for another"
        rejected = (*rejected, Rejected("cheaper", len(cheaper), cheaper[0], but))
    if dearer:
        rejected = (*rejected, Rejected("dearer", len(dearer), dearer[0], "fits too"))
    return Sizing(best.name, event.disk_gib, best, needs, steps, rejected)


def size_elsewhere(event: Event) -> Sizing:
    """The needs and the disk alone, for a server that is not an AWS machine."""
    steps, needs = _needs(event)
    return Sizing("", event.disk_gib, None, needs, steps)


def _needs(event: Event, *, alone: bool = False) -> tuple[tuple[Requirement, ...], Needs]:
    steps = (*(_alone(event) if alone else (*_memory(event), *_vcpus(event))), *_disk(event))
    figures = {step.what: step.figure for step in steps}
    return steps, Needs(event.host.architecture, figures["memory"], figures["processors"])


def _alone(event: Event) -> tuple[Requirement, ...]:
    """What the hub itself needs if workers run all servers."""
    people = event.participants
    gib = ((ALONE_GIB + people * ALONE_GIB_A_PERSON) / (1 - KERNEL_SHARE)).quantize(Decimal("0.01"), ROUND_UP)
    vcpus = (ALONE_VCPUS + people * ALONE_VCPUS_A_PERSON).quantize(Decimal("0.01"), ROUND_UP)
    hub = f"{ALONE_GIB} GiB for JupyterHub, Swarm's manager and the homes' cache, 4 MiB for each of {people} people"
    others = f"{ALONE_VCPUS} for the hub and its proxy, and {ALONE_VCPUS_A_PERSON} for each person's start and files"
    return (
        Requirement("memory", gib, "GiB", f"{hub}, and the {KERNEL_SHARE:.0%} that a kernel keeps; workers run the servers"),
        Requirement("processors", vcpus, "vCPU", others),
    )  # fmt: skip


def _memory(event: Event) -> tuple[Requirement, ...]:
    each = event.server.largest_memory_gib
    servers = event.participants * each
    total = ((servers + HUB_MEMORY_GIB) / (1 - KERNEL_SHARE)).quantize(Decimal("0.01"), ROUND_UP)
    everybody = f"{event.participants} people at once with {each} GiB each, the full limit for everybody"
    return (
        Requirement("servers", servers, "GiB", everybody),
        Requirement("hub", HUB_MEMORY_GIB, "GiB", "JupyterHub, its proxy, Docker and the system"),
        Requirement("memory", total, "GiB", f"both, and the {KERNEL_SHARE:.0%} that a machine's kernel keeps"),
    )


def _vcpus(event: Event) -> tuple[Requirement, ...]:
    starts = event.participants * CPU_SECONDS_A_SPAWN / OPENING_SECONDS
    opening = (starts + HUB_VCPUS).quantize(Decimal("0.01"), ROUND_UP)
    working = (event.participants * VCPUS_A_PERSON + HUB_VCPUS).quantize(Decimal("0.01"), ROUND_UP)
    largest = max([event.server.cpus, *(choice.cpus for choice in event.server.choices)])
    everybody = (
        f"{event.participants} servers start within {OPENING_SECONDS} s when a session opens, "
        f"{CPU_SECONDS_A_SPAWN} CPU-seconds each, and {HUB_VCPUS} for the hub"
    )
    steps = (
        Requirement("opening", opening, "vCPU", everybody),
        Requirement(
            "working", working, "vCPU", f"{VCPUS_A_PERSON} for each person at work, and {HUB_VCPUS} for the hub"
        ),
        Requirement("largest server", largest, "vCPU", "a server's processors cannot exceed the machine's"),
        *_guaranteed(event),
    )
    because = "the largest of the three" if len(steps) == 3 else "the largest of these"
    return (*steps, Requirement("processors", max(step.figure for step in steps), "vCPU", because))


def _guaranteed(event: Event) -> tuple[Requirement, ...]:
    """A step for guaranteed processors. Guaranteed memory needs none: the machine's memory covers everybody's full limit."""
    each = event.server.largest_cpu_guarantee
    if not each:
        return ()
    total = (event.participants * each + HUB_VCPUS).quantize(Decimal("0.01"), ROUND_UP)
    promised = f"{each} guaranteed to each of {event.participants} people, and {HUB_VCPUS} for the hub"
    return (Requirement("guaranteed", total, "vCPU", promised),)


def _disk(event: Event) -> tuple[Requirement, ...]:
    needed = event.participants * event.server.home_gib + HUB_STATE_GIB
    homes = f"{event.participants} homes of {event.server.home_gib} GiB and {HUB_STATE_GIB} GiB for the hub's own state"
    because = homes if event.host.disk_gib is None else f"`host.disk_gib` says so; {homes} take {needed} GiB"
    return (Requirement("disk", Decimal(event.disk_gib), "GiB", because),)


def _objections(machine: InstanceType, needs: Needs) -> list[tuple[str, str]]:
    """The reasons against a machine: the kind of reason, and the details."""
    checks = [
        (machine.architecture != needs.architecture, "another processor", f"{machine.architecture}, not {needs.architecture}"),
        (is_burstable(machine.name), BURSTABLE, "slow once its CPU credits are used up, or billed on top"),
        (machine.memory_gib < needs.memory_gib, "too little memory", f"{machine.memory_gib} of {needs.memory_gib} GiB"),
        (machine.vcpus < needs.vcpus, "too few processors", f"{machine.vcpus} of {needs.vcpus} vCPU"),
    ]  # fmt: skip
    return [(why, but) for wrong, why, but in checks if wrong]


def _rejected(machines: list[InstanceType], needs: Needs) -> tuple[Rejected, ...]:
    """The rejected machines, grouped by the first reason against each."""
    groups: dict[str, list[InstanceType]] = {}
    for machine in machines:
        groups.setdefault(_objections(machine, needs)[0][0], []).append(machine)
    nearest = {why: min(group, key=lambda it: _distance(it, needs)) for why, group in groups.items()}
    return tuple(
        Rejected(why, len(groups[why]), nearest[why], "; ".join(but for _, but in _objections(nearest[why], needs)))
        for why in sorted(groups)
    )


def _distance(machine: InstanceType, needs: Needs) -> tuple[Decimal, Decimal, Decimal, str]:
    missing_memory = max(Decimal(0), needs.memory_gib - machine.memory_gib)
    missing_vcpus = max(Decimal(0), needs.vcpus - machine.vcpus)
    return missing_memory, missing_vcpus, *_by_price(machine)


def _by_price(machine: InstanceType) -> tuple[Decimal, str]:
    return machine.usd_per_hour, machine.name


def _named(event: Event, prices: RegionPrices, needs: Needs, steps: tuple[Requirement, ...]) -> Sizing:
    """The machine that the organizer named. Too small is a warning; only a machine that cannot boot the image is an error."""
    name = str(event.host.instance_type)
    if architecture_of(name) != needs.architecture:
        raise PophubError(
            f"{name} has {architecture_of(name)} processors, `host.architecture` says {needs.architecture}",
            hint=f"set `host.architecture: {architecture_of(name)}`, or name another machine",
            field="host.instance_type",
        )
    try:
        machine = prices.machine(name)
    except PophubError as unknown:
        warning = f"{unknown.problem}: what it costs and whether it is big enough is not known"
        return Sizing(name, event.disk_gib, None, needs, steps, warnings=(warning,))
    warnings = tuple(
        f"{name} {'is' if why == BURSTABLE else 'has'} {why}: {but}" for why, but in _objections(machine, needs)
    )
    return Sizing(name, event.disk_gib, machine, needs, steps, warnings=warnings)


def _nothing_fits(event: Event, needs: Needs, rejected: tuple[Rejected, ...]) -> NoMachineFits:
    largest = "; ".join(f"{it.nearest.name}: {it.but}" for it in rejected if it.why.startswith("too"))
    return NoMachineFits(
        f"no {needs.architecture} machine of {event.region} has {needs.memory_gib} GiB and {needs.vcpus} vCPU ({largest})",
        hint="lower `participants`, `server.memory_gib` or `server.cpus`, or name a larger machine in `host.instance_type`",
        field="participants",
    )
