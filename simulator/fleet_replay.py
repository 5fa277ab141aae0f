"""Replay an event's servers on workers, with the real `decide` of the hub's daemon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Self

from pophub.hub.workers.decide import BIRTH, decide
from pophub.hub.workers.policy import Policy
from simulator.fleet import Fleet
from simulator.hub import BOOT, Stay, Tally
from simulator.trace import Trace, Visit

POLL_SECONDS = 10


class FleetReplay:
    """`tally` is the replay of the same event on one machine: it says when the hub is on, and when servers start and end."""

    def __init__(self, trace: Trace, policy: Policy, tally: Tally, *, spot: bool) -> None:
        self.fleet = Fleet(trace, policy.slots, spot=spot)
        # the largest number of workers at once, and the servers that AWS took from somebody who used them
        self.most = self.lost = 0
        self._trace, self._policy, self._on = trace, policy, tally.on
        self._warm = {trace.minute_of(it.start - policy.warm - BIRTH) for it in policy.sessions}
        self._starts, self._ends = _by_minute(tally.servers)
        self._visits: dict[str, list[Visit]] = defaultdict(list)
        for visit in trace.visits:
            self._visits[visit.user].append(visit)
        # until when each user needs a server, and who starts a server again that AWS took
        self._until: dict[str, int] = {}
        self._again: dict[int, list[str]] = defaultdict(list)
        self._known_taken = 0
        self._on_since: int | None = None

    def run(self) -> Self:
        """Replay from the first minute to the last."""
        for minute in range(self._trace.minutes):
            self._hub(minute)
            if minute in self._warm:
                # the schedule asks, also while the hub is still off
                self.fleet.set_size(self._policy.count, minute * 60)
            asks = self._people(minute)
            if self._on_since is not None and minute >= self._on_since + BOOT:
                self._looks(minute, asks)
            self.most = max(self.most, len(self.fleet.machines))
        self.fleet.close(self._trace.minutes * 60)
        return self

    def _hub(self, minute: int) -> None:
        if not self._on[minute]:
            if self._on_since is not None:
                self.fleet.close(minute * 60)
            self._on_since = None
        elif self._on_since is None:
            self._on_since = minute

    def _people(self, minute: int) -> list[str]:
        """End the servers that end now; returns who asks for one."""
        for stay in self._ends.get(minute, ()):
            if self._until.get(stay.user) == stay.end:
                self.fleet.stop(stay.user, minute * 60)
                del self._until[stay.user]
        begin = self._starts.get(minute, [])
        self._until |= {stay.user: stay.end for stay in begin}
        return [stay.user for stay in begin] + [it for it in self._again.pop(minute, []) if it in self._until]

    def _looks(self, minute: int, asks: list[str]) -> None:
        """Spread the minute's people over it. In a minute without anybody, one look is like six."""
        busy = asks or self.fleet.pending
        for second in range(0, 60 if busy else POLL_SECONDS, POLL_SECONDS):
            now = minute * 60 + second
            for user in asks[len(asks) * second // 60 : len(asks) * (second + POLL_SECONDS) // 60]:
                self.fleet.ask(user, now)
            self.fleet.go_on(now)
            self.fleet.act(decide(self.fleet.facts(now), self._policy), now)
        self._start_again(minute)

    def _start_again(self, minute: int) -> None:
        """People at the desk click again; others do so when they come back."""
        new, self._known_taken = self.fleet.taken[self._known_taken :], len(self.fleet.taken)
        for user in new:
            there = [it for it in self._visits[user] if it.leave > minute]
            if user not in self._until or not there or there[0].arrive >= self._until[user]:
                continue
            self.lost += there[0].arrive <= minute or _computes(self._visits[user], minute)
            self._again[max(minute + 1, there[0].arrive)].append(user)


def _computes(visits: list[Visit], minute: int) -> bool:
    return any(job.start <= minute < job.start + job.minutes for visit in visits for job in visit.jobs)


def _by_minute(stays: Iterable[Stay]) -> tuple[dict[int, list[Stay]], dict[int, list[Stay]]]:
    starts: dict[int, list[Stay]] = defaultdict(list)
    ends: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        starts[stay.start].append(stay)
        ends[stay.end].append(stay)
    return starts, ends
