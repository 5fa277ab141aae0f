"""What to change in the event file after a rehearsal, from its figures and the plan. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

from pophub.core.figures import HUB_MEMORY_GIB
from pophub.hub.rehearsal import result
from pophub.organizer.plan.plan import Plan
from pophub.organizer.plan.prices import InstanceType
from pophub.organizer.plan.sizing import CPU_SECONDS_A_SPAWN, HUB_VCPUS, OPENING_SECONDS

# a click that takes longer than this is felt as waiting: https://www.nngroup.com/articles/response-times-3-important-limits/
# has 1 s for an uninterrupted thought and 10 s for attention
CLICK_SECONDS = 3.0
GIB = 1024**3
FIRST_LIMITS = {
    result.SERVER_LIMIT: "the hub's limit of servers (`participants`)",
    result.BUDGET: "the budget (`budget_usd`)",
    result.MEMORY: "the machine's memory",
    result.PROCESSORS: "the machine's processors: with more of them, servers start sooner",
    result.DISK: "the disk (`host.disk_gib`, `server.home_gib`)",
    result.CONTENT: "the content (`server.content`), which did not reach every home",
    result.TIME: "time: servers did not answer early enough",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """`holds` is None if it is not known; `machine` is None if no other machine is needed, or none fits."""

    holds: int | None
    holds_because: str
    first_limit: str
    machine: str | None
    lines: tuple[str, ...]

    @property
    def facts(self) -> Mapping[str, Any]:
        """The same for a program."""
        return {
            "participants_held": self.holds,
            "because": self.holds_because,
            "first_limit": self.first_limit,
            "machine": self.machine,
            "change": list(self.lines),
        }


def advise(found: Mapping[str, Any], plan: Plan) -> Advice:
    """`found` is the rehearsal's summary."""
    wanted, on_workers = plan.event.participants, plan.workers is not None
    known = dict(_limits(found, on_workers=on_workers))
    because, holds = min(known.items(), key=lambda it: it[1], default=("", None))
    limit = str(found["first_limit"])
    limit_text = FIRST_LIMITS.get(limit, limit) or "none"
    needed = holds is not None and holds < wanted and not on_workers
    machine = fitting_machine(found, plan) if needed else None
    lines = tuple(_lines(found, plan, holds, because, machine, needed=needed))
    return Advice(holds, because, limit_text, machine.name if machine else None, lines)


def fitting_machine(found: Mapping[str, Any], plan: Plan) -> InstanceType | None:
    """The cheapest machine with every server's full memory limit, and the processors that the measured starts need."""
    event, needs = plan.event, plan.sizing.needs
    vcpus = max(_vcpus(found, event.participants), Decimal(event.server.cpus))
    memory = max(needs.memory_gib, event.participants * _gib(found["server_memory"]) + HUB_MEMORY_GIB)
    fit = (
        it
        for it in plan.prices.require_machines()
        if it.architecture == needs.architecture and it.vcpus >= vcpus and it.memory_gib >= memory
    )
    return min(fit, key=lambda it: (it.usd_per_hour, it.name), default=None)


def _limits(found: Mapping[str, Any], *, on_workers: bool) -> Iterator[tuple[str, int]]:
    if not found["started"]:
        return
    yield "the hub's limit of servers", found["server_limit"]
    if found["holds_in_memory"] is not None and not on_workers:
        yield "memory", found["holds_in_memory"]
    if found["holds_in_a_minute"] is not None and not on_workers:
        yield "all start within a minute", found["holds_in_a_minute"]


def _vcpus(found: Mapping[str, Any], people: int) -> Decimal:
    each = Decimal(str(found["cpu_seconds_a_start"] or CPU_SECONDS_A_SPAWN))
    return (people * each / OPENING_SECONDS + HUB_VCPUS).quantize(Decimal("0.01"), ROUND_UP)


def _gib(amount: int | None) -> Decimal:
    return Decimal(amount or 0) / GIB


def _lines(
    found: Mapping[str, Any], plan: Plan, holds: int | None, because: str, machine: InstanceType | None, *, needed: bool
) -> Iterator[str]:
    wanted = plan.event.participants
    if holds is None:
        yield "what the machine holds is not known: nothing started"
    elif not needed:
        yield f"`participants: {wanted}` is held: about {max(holds, wanted)} would be ({because})"
    elif machine is not None:
        yield f"`participants: {holds}` is what it holds ({because}); for {wanted}: `host.instance_type: {machine.name}`"
    else:
        yield f"`participants: {holds}` is what it holds ({because}); for {wanted}, no machine of the table fits: workers"
    yield from _about_prestart(found, plan)
    if found["without_content"]:
        yield f"`server.content` was missing in {found['without_content']} homes: it could not be fetched, or came too late"
    if found["home_largest"] and found["home_largest"] > found["home_limit"] / 2:
        yield f"a home has {_gib(found['home_largest']):.1f} GiB after one visit: `server.home_gib` may be too small"


def _about_prestart(found: Mapping[str, Any], plan: Plan) -> Iterator[str]:
    if found["start_p95"] is None:
        return
    if found["start_p95"] <= CLICK_SECONDS:
        yield "`server.prestart` is not needed: a click takes at most three seconds"
    elif plan.slots is None:
        yield (
            f"`server.prestart: true` would spare people the wait of {found['start_p95']:.0f} s; it is "
            f"{plan.prestart_reason}"
        )
    else:
        yield "`server.prestart` is on: who came before finds a running server at a session's start"
