"""A trace: who used an event's hub, to the minute. Data only; minutes count from the trace's start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pophub.core.cost.tariff import Tariff
from pophub.hub.watch.policy import Policy
from pophub.organizer.event.event import Event

MINUTE = timedelta(minutes=1)
Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Job:
    """A computation without output until it is done; it goes on without its owner."""

    start: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A person at the desk from `arrive` until `leave`: working in the stretches of `works`, otherwise reading or thinking.

    A stretch is its first minute and the first minute after it. People who do not log out leave a server running.
    """

    user: str
    arrive: int
    leave: int
    works: tuple[Stretch, ...]
    jobs: tuple[Job, ...] = ()
    logs_out: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """An event and its visits, from shortly before its first start to the event's end."""

    event: Event
    policy: Policy
    tariff: Tariff
    instance_type: str
    roster: tuple[str, ...]
    visits: tuple[Visit, ...]
    # the organizer's requests to keep the hub: (made in this minute, until this minute)
    keeps: tuple[tuple[int, int], ...] = ()

    @property
    def name(self) -> str:
        return self.event.name

    @property
    def start(self) -> datetime:
        """An hour before the first scheduled start, because some people are early."""
        return self.policy.starts[0] - timedelta(hours=1)

    @property
    def minutes(self) -> int:
        """How many minutes the hub exists."""
        return self.minute_of(self.policy.over)

    def minute_of(self, moment: datetime) -> int:
        """The minute that contains a moment."""
        return (moment - self.start) // MINUTE

    def moment_of(self, minute: int) -> datetime:
        return self.start + minute * MINUTE
