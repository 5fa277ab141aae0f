"""When people leave a session, and how long one machine, or each of several workers, stays on after it. Pure.

The shares are guesses from descriptions of hackweeks, not fitted to logs. Swarm spreads servers evenly and moves none, so
a worker stays until the last of its servers has stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from pophub.core.calendar import STOP_AFTER
from pophub.organizer.event.event import Event

# shares of the people who come: they leave at noon, within half an hour of the session's end, later, and much later
AT_NOON, AT_THE_END, LATER, LAST = 0.2, 0.55, 0.2, 0.05
# people of the last two shares leave evenly between these times, in units of the event's `assumptions.after_hours`
STAY = (0.5, 2.5, 5.5)
# the share of the people who come that leaves a tab open, so that the server runs until it is culled
OPEN_TABS = 0.6
HOUR = timedelta(hours=1)
STEP_HOURS = 0.05
# from a worker's last server until the hub has noticed that it is empty, and AWS has ended it
ENDING = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class Leaving:
    """The habits in one case of an estimate: the share of participants who come, and how long some of them stay."""

    present: float
    after_hours: float
    server_idle: timedelta
    hub_idle: timedelta

    @classmethod
    def of(cls, event: Event, case: int) -> Leaving:
        """`case` is 0 for the low case and 1 for the expected one."""
        guess, idle = event.assumptions, event.idle
        return cls(
            float(guess.present[case]),
            float(guess.after_hours[case]),
            timedelta(minutes=idle.server_minutes),
            timedelta(minutes=idle.hub_minutes),
        )

    def hub_after(self, people: int) -> timedelta:
        """How long the hub stays on after a session: until the last person has stopped working, and its idle time."""
        return min(STOP_AFTER, _hub_after(self, people))

    def worker_after(self, people: int, slots: int) -> timedelta:
        """How long one worker with `slots` servers stays after a session; it never outlives the hub."""
        return min(self.hub_after(people), _worker_after(self, slots) + ENDING)


@cache
def _hub_after(habits: Leaving, people: int) -> timedelta:
    return _last_of(people, lambda hours: 1 - habits.present * (1 - _left(hours, habits.after_hours))) + habits.hub_idle


@cache
def _worker_after(habits: Leaving, slots: int) -> timedelta:
    culled = habits.server_idle / HOUR

    def gone(hours: float) -> float:
        stopped, left_open = (_left(hours - later, habits.after_hours) for later in (0, culled))
        return 1 - habits.present * (1 - (1 - OPEN_TABS) * stopped - OPEN_TABS * left_open)

    return _last_of(slots, gone)


def _last_of(count: int, gone: Callable[[float], float]) -> timedelta:
    """The mean time until all of `count` are gone; `gone(hours)` is the chance that one is gone so long after the end."""
    steps = round(STOP_AFTER / HOUR / STEP_HOURS)
    hours = sum(1 - gone((step + 0.5) * STEP_HOURS) ** count for step in range(steps)) * STEP_HOURS
    return timedelta(minutes=round(hours * 60))


def _left(hours: float, after_hours: float) -> float:
    """The chance that a person who came has left this many hours after the session's end."""
    first, second, third = (limit * after_hours for limit in STAY)
    return (
        AT_NOON
        + AT_THE_END * _evenly(hours, -0.5, 0.5)
        + LATER * _evenly(hours, first, second)
        + LAST * _evenly(hours, second, third)
    )


def _evenly(at: float, first: float, last: float) -> float:
    """The share of an even spread between two times that lies before `at`."""
    return float(at >= last) if first == last else min(1.0, max(0.0, (at - first) / (last - first)))
