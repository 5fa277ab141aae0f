"""The replayed hub: a machine that is on or off, its servers, and what happened to people. It contains no policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from simulator.trace import MINUTE, Job, Trace, Visit
from simulator.ways import Culls

# minutes from the start of the instance to a hub that answers; 95 s were measured with an image without prepared
# programs
BOOT = 3


class By(StrEnum):
    """What stops a server."""

    WATCH = "watch"
    CULLER = "culler"
    SCHEDULE = "schedule"


@dataclass(slots=True)
class Running:
    """One server. Its user works until `works_until`, which cost-watch cannot know in advance."""

    started: int
    last_activity: int
    works_until: int = 0
    jobs: list[Job] = field(default_factory=list)

    def last_activity_at(self, minute: int) -> int:
        """The last activity that the server has reported by this minute."""
        # asked for each server in each minute: comparisons take a third of the time of min and max
        seen = (self.works_until if self.works_until < minute else minute) - 1
        return seen if seen > self.last_activity else self.last_activity


class Stay(NamedTuple):
    """One server from its start to its end."""

    user: str
    start: int
    end: int


@dataclass(slots=True)
class Tally:
    """What happened, in minutes, people and servers."""

    # one byte a minute: whether the machine was on, and whether somebody with a server was at the desk or a computation
    # ran within its limit
    on: bytearray
    used: bytearray
    waited: float = 0
    waited_in_session: int = 0
    turned_away: int = 0
    stopped_under_use: dict[By, int] = field(default_factory=lambda: dict.fromkeys(By, 0))
    # stopped computations that had reached their limit
    cut: int = 0
    # how often somebody answered a banner
    answers: int = 0
    # every server: its user, its first minute and the first minute after it
    servers: list[Stay] = field(default_factory=list)


class Hub:
    """A machine and its servers."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.servers: dict[str, Running] = {}
        self.present: dict[str, Visit] = {}
        self.tally = Tally(on=bytearray(trace.minutes), used=bytearray(trace.minutes))
        self.on_since: int | None = None
        self.minutes_on = 0
        self.server_idle = trace.policy.server_idle // MINUTE
        # whether people without a server get one
        self.new_servers = True
        self._protected = trace.policy.protected // MINUTE
        self._last_activity = 0
        self._computing: set[str] = set()
        # last activities only grow, so the culler need not look before this minute
        self._nothing_to_cull_before = 0

    def ready(self, minute: int) -> bool:
        """Whether the hub answers."""
        return self.on_since is not None and minute >= self.on_since + BOOT

    def last_activity(self, minute: int) -> int:
        """The last activity of anybody, also of people without a server."""
        return max([self._last_activity, *(server.last_activity_at(minute) for server in self.servers.values())])

    def start(self, minute: int) -> None:
        """Start the machine, unless it runs."""
        if self.on_since is None:
            self.on_since = self._last_activity = minute

    def stop(self, minute: int, by: By) -> list[Visit]:
        """Stop the machine; returns the people who were at the desk."""
        for user in list(self.servers):
            self._end(user, minute, by)
        left, self.present, self.on_since, self.new_servers = list(self.present.values()), {}, None, True
        return left

    def admits(self, user: str) -> bool:
        """Whether this user has a server or gets one."""
        return self.new_servers or user in self.servers

    def spawn(self, user: str, minute: int) -> bool:
        """Give a user a server; returns whether it had to be started."""
        new = user not in self.servers
        if new:
            self.servers[user] = Running(minute, minute)
        return new

    def compute(self, user: str, job: Job) -> None:
        """A user starts a computation, which counts as activity."""
        server = self.servers[user]
        server.jobs.append(job)
        server.last_activity = max(server.last_activity, job.start)
        self._computing.add(user)

    def tell_idle(self, minutes: int) -> None:
        """Set the minutes without work after which a server is stopped."""
        if minutes != self.server_idle:
            self.server_idle, self._nothing_to_cull_before = minutes, 0

    def log_out(self, user: str, minute: int) -> None:
        """Stop the server of a user who logs out; nobody loses anything."""
        server = self.servers.pop(user, None)
        if server:
            self.tally.servers.append(Stay(user, server.started, minute))
            self._last_activity = minute
            self._computing.discard(user)

    def finish_jobs(self, minute: int) -> None:
        """End finished computations; the end counts as activity."""
        for user in list(self._computing):
            server = self.servers[user]
            for job in [job for job in server.jobs if job.start + job.minutes <= minute]:
                server.jobs.remove(job)
                server.last_activity = minute
            if not server.jobs:
                self._computing.discard(user)

    def cull(self, minute: int, culls: Culls) -> None:
        """Stop idle servers."""
        if culls is Culls.NOTHING or minute < self._nothing_to_cull_before:
            return
        for user, server in list(self.servers.items()):
            idle = minute - server.last_activity_at(minute) >= self.server_idle
            if idle and not (culls is Culls.ARBITER and self._computes(server, minute)):
                self._end(user, minute, By.CULLER)
        last = min((server.last_activity_at(minute) for server in self.servers.values()), default=minute)
        self._nothing_to_cull_before = minute if self._computing else last + self.server_idle

    def count(self, minute: int) -> None:
        """Add the minute to the tally."""
        self.tally.on[minute] = self.on_since is not None
        self.minutes_on += self.on_since is not None
        computing = any(self._computes(self.servers[user], minute) for user in self._computing)
        self.tally.used[minute] = bool(self.present) or computing

    def _end(self, user: str, minute: int, by: By) -> None:
        """Stop a server. It counts as "under use" if its user is at the desk and has paused for less than the idle time."""
        server = self.servers.pop(user)
        self.tally.servers.append(Stay(user, server.started, minute))
        self._computing.discard(user)
        last = server.last_activity_at(minute)
        self._last_activity = max(self._last_activity, last)
        at_work = user in self.present and minute - last < self.server_idle
        self.tally.stopped_under_use[by] += at_work or self._computes(server, minute)
        self.tally.cut += any(minute >= job.start + self._protected for job in server.jobs)

    def _computes(self, server: Running, minute: int) -> bool:
        return any(minute < job.start + self._protected for job in server.jobs)
