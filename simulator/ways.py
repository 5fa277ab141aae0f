"""The ways of running a machine that are compared: when it starts, what stops it, which servers are culled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.trace import Trace


class Culls(StrEnum):
    """What counts as idle for the culler."""

    NOTHING = "nothing"
    STOCK = "stock"  # also a server with a computation that prints nothing
    ARBITER = "arbiter"  # the same, but only after the computation's limit


@dataclass(frozen=True, slots=True)
class Way:
    """The minutes in which the machine is started and stopped from outside, and what happens in between."""

    name: str
    starts: frozenset[int]
    stops: frozenset[int]
    culls: Culls
    # whether `decide` is called each minute
    watched: bool = False
    # whether people at the desk answer a banner
    answered: bool = True


WATCH, UNSEEN = "cost-watch", "cost-watch, banners unseen"
ALWAYS, STOCK, HOURS, SCHEDULE = "always on", "stock idle-culler", "sessions' hours only", "schedule alone"


def ways(trace: Trace) -> tuple[Way, ...]:
    """Ours first, then the ways that it is compared with."""
    starts, stops = (frozenset(map(trace.minute_of, it)) for it in (trace.policy.starts, trace.policy.stops))
    first, last = frozenset([min(starts)]), frozenset([max(stops)])
    ends = frozenset(trace.minute_of(session.end) for session in trace.policy.sessions)
    return (
        Way(WATCH, starts, stops, Culls.ARBITER, watched=True),
        Way(UNSEEN, starts, stops, Culls.ARBITER, watched=True, answered=False),
        Way(SCHEDULE, starts, stops, Culls.ARBITER),
        Way(HOURS, starts, ends, Culls.ARBITER),
        Way(STOCK, first, last, Culls.STOCK),
        Way(ALWAYS, first, last, Culls.NOTHING),
    )
