"""How many servers may run at once: one for each participant and each helper, and some spare ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pophub.organizer.event.event import Event
from pophub.organizer.plan.prestart import slots
from pophub.organizer.plan.prices import InstanceType

if TYPE_CHECKING:
    from pophub.organizer.plan.workers import WorkerPlan

# for tutorial leads who are not helpers, for walk-ins, and for people who sign in with a second account
SPARE_PERCENT = 10
LEAST_SPARE = 5


def server_limit(event: Event) -> int:
    """The hub's limit of running servers.

    The machine's memory is sized for `participants` alone, because people rarely all use their full memory limit.
    """
    return event.participants + len(event.login.admins) + spare(event)


def spare(event: Event) -> int:
    """The number of servers for people who are neither participants nor helpers."""
    return max(LEAST_SPARE, -(-event.participants * SPARE_PERCENT // 100))


def counted(event: Event, machine: InstanceType | None, workers: WorkerPlan | None = None) -> str:
    """A sentence with the limit and the numbers of people that it consists of."""
    helpers = len(event.login.admins)
    people = f"{event.participants} participants, {helpers} helper{'' if helpers == 1 else 's'}"
    text = f"{server_limit(event)} servers at once: {people} and {spare(event)} for leads and walk-ins"
    if machine is None:
        return text
    size = event.server.memory_gib
    holds = f"{machine.name} holds" if workers is None else f"{workers.count} {workers.machine.name} hold"
    return f"{text}; {holds} {slots(event, machine, workers)} that use all of their {size} GiB"
