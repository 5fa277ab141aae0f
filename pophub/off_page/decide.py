"""The state that the page shows, and whether it offers to start the hub. Its only clock is `seen.now`.

An unknown fact refuses a start, because a start costs money. In cost-watch an unknown fact keeps the hub on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pophub.off_page.facts import EventFacts, Seen, WakeLimits

# from a start until the machine answers, at most: the first boot installs everything
STARTING = timedelta(minutes=10)


class State(StrEnum):
    """The hub's state, as far as the function can see it."""

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
    """`refusal` is None if the hub can be started here, else the reason; it is empty if the page gives no reason.

    `returns` is the schedule's next start.
    """

    state: State
    refusal: str | None
    returns: datetime | None


def decide(event: EventFacts, seen: Seen) -> Decision:
    """The state, the refusal and the next start."""
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
    """Whether a start is allowed at this time of day; `closes` may be past midnight, as in 18:00 to 02:00."""
    clock = local.time()
    if limits.opens <= limits.closes:
        return limits.opens <= clock < limits.closes
    return clock >= limits.opens or clock < limits.closes
