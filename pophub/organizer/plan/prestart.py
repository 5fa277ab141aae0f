"""Whether servers are started before a session, so that people need not wait. Only if there is memory for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pophub.core.figures import usable_gib
from pophub.organizer.event.event import Event
from pophub.organizer.plan.prices import InstanceType

if TYPE_CHECKING:
    from pophub.organizer.plan.workers import WorkerPlan


def slots(event: Event, machine: InstanceType, workers: WorkerPlan | None = None) -> int:
    """How many servers of the default size fit beside the hub, or on all workers, if each uses all of its memory limit."""
    if workers is not None:
        return workers.count * workers.standard_slots
    return max(0, int(usable_gib(machine.memory_gib) / event.server.memory_gib))


def prestart(event: Event, machine: InstanceType | None, workers: WorkerPlan | None = None) -> tuple[bool, str]:
    """Whether servers are started before each session, and the reason.

    `server.prestart: false` forbids it; `true` allows it even if `participants` is more than the machine holds. Even
    then no server is started while the hub knows more people than the machine has memory for.
    """
    if machine is None:
        return False, "off: what the machine holds is not known"
    if event.server.prestart is False:
        return False, "off, as `server.prestart` says"
    there, wanted = slots(event, machine, workers), event.participants
    holds = f"{machine.name} holds" if workers is None else f"{workers.count} {workers.machine.name} hold"
    fits = f"{holds} {there} servers of {event.server.memory_gib} GiB at once, for {wanted} people"
    if there >= wanted:
        whose = "the roster and of those who came before" if event.people else "those who came before"
        return True, f"servers of {whose} are started before each session: {fits}"
    if event.server.prestart:
        return True, f"as `server.prestart` says, while no more people are known than fit: {fits}"
    return False, f"off: {fits}"
