"""Workers in the replay: machines that are born, take servers as Swarm places them, and end. It contains no policy.

Time is in seconds from the trace's start.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from pophub.hub.workers.decision import Decision, Do, WorkerAction
from pophub.hub.workers.facts import Facts, Worker
from simulator.trace import Trace

# from the request to a worker that takes servers: a guess for AWS's own time, and 60 s from a bare Debian to Ready
BIRTH_SECONDS = 90
# a guess: the share of spot instances that AWS takes back within a day
LOST_A_DAY = 0.05
DAY_SECONDS = 86_400
# AWS takes a spot instance so long after its notice
NOTICE_SECONDS = 120


@dataclass(slots=True)
class Machine:
    """A worker. `lost_at` is when AWS takes it, None if AWS does not."""

    name: str
    born: int
    lost_at: int | None
    paused: bool = False
    joined: bool = False
    servers: set[str] = field(default_factory=set)
    empty_since: int = 0


class Fleet:
    """The Auto Scaling group and the swarm of one event."""

    def __init__(self, trace: Trace, slots: int, *, spot: bool) -> None:
        self._trace, self._slots, self._spot = trace, slots, spot
        self._chance = Random(0)  # noqa: S311
        self._births = 0
        self.machines: dict[str, Machine] = {}
        self.place_of: dict[str, str] = {}
        # servers without room, and since when
        self.pending: deque[tuple[str, int]] = deque()
        # of all workers from their birth to their end; and of each server until it had a place
        self.seconds = 0
        self.waits: list[int] = []
        # servers that ended with their worker: those that AWS took, and the number of those that we ended
        self.taken: list[str] = []
        self.ended = 0

    def ask(self, user: str, now: int) -> None:
        """A person starts a server."""
        self.pending.append((user, now))

    def stop(self, user: str, now: int) -> None:
        """A server ends, or is no longer waited for."""
        self.pending = deque(it for it in self.pending if it[0] != user)
        place = self.place_of.pop(user, None)
        if place is not None:
            machine = self.machines[place]
            machine.servers.discard(user)
            machine.empty_since = now

    def go_on(self, now: int) -> None:
        """Workers join, AWS takes some, and waiting servers are placed where the fewest are."""
        for machine in list(self.machines.values()):
            if not machine.joined and now >= machine.born + BIRTH_SECONDS:
                machine.joined, machine.empty_since = True, now
            if machine.lost_at is not None and now >= machine.lost_at:
                self.taken += sorted(machine.servers)
                self._remove(machine, now)
        while self.pending:
            open_ones = [it for it in self.machines.values() if self._has_room(it)]
            if not open_ones:
                return
            user, asked = self.pending.popleft()
            best = min(open_ones, key=lambda it: len(it.servers))
            best.servers.add(user)
            self.place_of[user] = best.name
            self.waits.append(now - asked)

    def facts(self, now: int) -> Facts:
        """What the hub's daemon sees."""
        return Facts(
            now=self._trace.start + timedelta(seconds=now),
            workers=tuple(self._worker(it, now) for it in self.machines.values()),
            wanted=len(self.machines),
            pending=len(self.pending),
            pending_slots=len(self.pending),
            closing=None,
        )

    def act(self, decision: Decision, now: int) -> None:
        """Take the decision's steps."""
        for step in decision.steps:
            self._take(step, now)

    def set_size(self, size: int, now: int) -> None:
        """Ask for so many workers; fewer end nobody."""
        while len(self.machines) < size:
            self._births += 1
            lost_at = now + int(self._chance.expovariate(LOST_A_DAY / DAY_SECONDS)) if self._spot else None
            name = f"i-{self._births:04}"
            self.machines[name] = Machine(name, now, lost_at)

    def close(self, now: int) -> None:
        """The hub goes off: every worker ends."""
        for machine in list(self.machines.values()):
            self._remove(machine, now)
        self.pending.clear()

    def _take(self, step: WorkerAction, now: int) -> None:
        if step.do is Do.SET_SIZE:
            self.set_size(step.size, now)
            return
        machine = self.machines[step.worker]
        if step.do in (Do.PAUSE, Do.UNPAUSE):
            machine.paused = step.do is Do.PAUSE
        elif step.do is Do.STOP_SERVERS:
            self.taken += sorted(machine.servers)
            for user in sorted(machine.servers):
                self.stop(user, now)
        elif step.do is Do.END:
            self.ended += len(machine.servers)
            self._remove(machine, now)

    def _has_room(self, machine: Machine) -> bool:
        return machine.joined and not machine.paused and len(machine.servers) < self._slots

    def _worker(self, machine: Machine, now: int) -> Worker:
        noticed = None if machine.lost_at is None else now - (machine.lost_at - NOTICE_SECONDS)
        return Worker(
            id=machine.name,
            type="",
            age=timedelta(seconds=now - machine.born),
            joined=machine.joined,
            ready=machine.joined,
            paused=machine.paused,
            servers=len(machine.servers),
            slots=len(machine.servers),
            empty=timedelta(seconds=0 if machine.servers or not machine.joined else now - machine.empty_since),
            notice=timedelta(seconds=noticed) if noticed is not None and noticed >= 0 else None,
        )

    def _remove(self, machine: Machine, now: int) -> None:
        self.seconds += now - machine.born
        for user in sorted(machine.servers):
            self.stop(user, now)
        del self.machines[machine.name]
