"""What the page says, and whether it offers to start the hub. Its only clock is `seen.now`.

A start costs money, so what is not known refuses it: here the unknown is not the friend that it is in cost-watch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pophub.off_page.facts import EventFacts, Seen, WakeLimits

# from a start until the machine answers, at most: the first boot installs everything
STARTING = timedelta(minutes=10)


class State(StrEnum):
    """Of the hub, as far as it can be seen without it."""

    # the machine answers; the event's name leads there within two minutes
    UP = "up"
    STARTING = "starting"
    # a session is on, and the machine does not answer
    MISSING = "missing"
    OFF = "off"
    USED_UP = "used-up"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Decision:
    """`refusal` says why the hub cannot be started here, and is None if it can; empty if nothing is to be said.

    `returns` is the schedule's next start.
    """

    state: State
    refusal: str | None
    returns: datetime | None


def decide(event: EventFacts, seen: Seen) -> Decision:
    """What the page says."""
    state = _state(event, seen)
    returns = None if state in (State.OVER, State.USED_UP) else event.next_start(seen.now)
    return Decision(state, _refusal(event, seen, state), returns)


def _state(event: EventFacts, seen: Seen) -> State:
    if seen.listens:
        return State.UP
    if seen.now >= event.over:
        return State.OVER
    if seen.spent_usd is not None and seen.spent_usd >= event.budget_usd:
        return State.USED_UP
    starts = [*(seen.wakes or {}).values(), event.last_start(seen.now)]
    if any(it is not None and it <= seen.now < it + STARTING for it in starts):
        return State.STARTING
    return State.MISSING if event.session_at(seen.now) else State.OFF


def _refusal(event: EventFacts, seen: Seen, state: State) -> str | None:
    limits = event.wake
    if limits is None or state not in (State.OFF, State.MISSING):
        return ""
    if seen.person is None:
        return "You can start the hub here if you have signed in to it with this browser in the last 30 days."
    if seen.wakes is None or seen.spent_usd is None:
        return "This page cannot see whether the hub may be started now. Please ask the organizers."
    if not _is_open(limits, seen.now.astimezone(event.zone)):
        return f"The hub can be started here from {limits.opens:%H:%M} to {limits.closes:%H:%M}."
    if len(seen.wakes) >= limits.times_a_day:
        times = "once" if limits.times_a_day == 1 else f"{limits.times_a_day} times"
        return f"The hub was started here {times} today, which is the most that is allowed. It starts again as planned."
    return None


def _is_open(limits: WakeLimits, local: datetime) -> bool:
    """Hours past midnight, as from 18:00 to 02:00, are one span too."""
    clock = local.time()
    if limits.opens <= limits.closes:
        return limits.opens <= clock < limits.closes
    return clock >= limits.opens or clock < limits.closes
