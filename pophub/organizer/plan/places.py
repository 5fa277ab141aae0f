"""How many servers may run at once: everybody's who is counted, and some for those whom nobody has counted."""

from __future__ import annotations

from pophub.organizer.event.event import Event
from pophub.organizer.plan.prestart import seats
from pophub.organizer.plan.prices import InstanceType

# tutorial leads who are no helpers, walk-ins, and who has signed in with a second account
SPARE_PERCENT = 10
LEAST_SPARE = 5


def places(event: Event) -> int:
    """The hub's limit. Memory is for `participants`, but hardly ever does everybody use the whole limit."""
    return event.participants + len(event.login.admins) + spare(event)


def spare(event: Event) -> int:
    """Servers for people who are neither counted as participants nor named as helpers."""
    return max(LEAST_SPARE, -(-event.participants * SPARE_PERCENT // 100))


def counted(event: Event, machine: InstanceType | None) -> str:
    """The limit and what it is made of, as a sentence."""
    helpers = len(event.login.admins)
    people = f"{event.participants} participants, {helpers} helper{'' if helpers == 1 else 's'}"
    text = f"{places(event)} servers at once: {people} and {spare(event)} for leads and walk-ins"
    if machine is None:
        return text
    size = event.server.memory_gib
    return f"{text}; {machine.name} holds {seats(event, machine)} that use all of their {size} GiB"
