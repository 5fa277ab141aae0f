"""Replay a trace with one way of running the machine, minute by minute."""

from __future__ import annotations

from collections import defaultdict

from simulator.hub import By, Hub, Tally
from simulator.trace import Job, Trace, Visit
from simulator.watcher import Watcher
from simulator.ways import Way

# if the hub is off outside sessions, people write to the organizer. The organizer starts it during the day, if there is
# money left and cost-watch will stop the machine again
ORGANIZER_ANSWERS = 15
ORGANIZER_AWAKE = range(8, 23)
# people wait for a scheduled start that is this close; without one they give up after this time
PATIENCE = 60
# measured with the standard image: one start alone, and the processor time of each if many start at once
SPAWN_SECONDS, CPU_SECONDS = 5, 2.5


def replay(trace: Trace, way: Way) -> Tally:
    return _Replay(trace, way).run()


class _Replay:
    def __init__(self, trace: Trace, way: Way) -> None:
        self._trace = trace
        self._way = way
        self._hub = Hub(trace)
        self._watcher = Watcher(self._hub, answered=way.answered) if way.watched else None
        # the people who wait, and since when
        self._waiting: dict[str, tuple[Visit, int]] = {}
        self._spawned = 0
        self._cpus = (trace.policy.spawns_at_once or 2) / 2
        self._arrivals: dict[int, list[Visit]] = defaultdict(list)
        self._leaves: dict[int, list[Visit]] = defaultdict(list)
        self._works: dict[int, list[tuple[Visit, int]]] = defaultdict(list)
        self._jobs: dict[int, list[tuple[Visit, Job]]] = defaultdict(list)
        # the minutes in which a machine that is off may be needed
        self._eventful = way.starts | way.stops | {visit.arrive for visit in trace.visits}
        for visit in trace.visits:
            self._arrivals[visit.arrive].append(visit)
            self._leaves[visit.leave].append(visit)
            for first, end in visit.works:
                self._works[first].append((visit, end))
            for job in visit.jobs:
                self._jobs[job.start].append((visit, job))

    def run(self) -> Tally:
        """Replay from the first minute to the last."""
        for minute in range(self._trace.minutes):
            if self._nothing_happens(minute):
                continue
            self._machine(minute)
            if self._hub.ready(minute):
                self._hub.finish_jobs(minute)
                self._watch(minute)
                self._hub.cull(minute, self._way.culls)
            self._people(minute)
            self._hub.count(minute)
        return self._hub.tally

    def _nothing_happens(self, minute: int) -> bool:
        return self._hub.on_since is None and not self._waiting and minute not in self._eventful

    def _machine(self, minute: int) -> None:
        if minute in self._way.starts:
            self._hub.start(minute)
        if minute in self._way.stops and self._hub.on_since is not None:
            self._stop(minute, By.SCHEDULE)

    def _watch(self, minute: int) -> None:
        if self._watcher is None:
            return
        for said, until in self._trace.keeps:
            if minute == said:
                self._watcher.keep(until)
        if self._watcher.run_once(minute):
            self._stop(minute, By.WATCH)

    def _stop(self, minute: int, by: By) -> None:
        """Stop the machine; people who were at the desk wait until it comes back."""
        self._waiting |= {visit.user: (visit, minute) for visit in self._hub.stop(minute, by)}

    def _people(self, minute: int) -> None:
        self._spawned = 0
        for visit in self._leaves.get(minute, ()):
            self._leave(visit, minute)
        self._waiting |= {visit.user: (visit, minute) for visit in self._arrivals.get(minute, ())}
        if self._waiting:
            self._wait(minute)
        for visit, end in self._works.get(minute, ()):
            if self._hub.present.get(visit.user) is visit and self._serve(visit, minute):
                self._hub.servers[visit.user].works_until = end
        for visit, job in self._jobs.get(minute, ()):
            if self._hub.present.get(visit.user) is visit and self._serve(visit, minute):
                self._hub.compute(visit.user, job)

    def _leave(self, visit: Visit, minute: int) -> None:
        if self._waiting.get(visit.user, (None, 0))[0] is visit:
            self._give_up(visit, minute)
        elif self._hub.present.get(visit.user) is visit:
            del self._hub.present[visit.user]
            if visit.logs_out:
                self._hub.log_out(visit.user, minute)

    def _wait(self, minute: int) -> None:
        if self._hub.ready(minute):
            for visit, since in self._waiting.values():
                self._hub.tally.waited += minute - since
                self._hub.present[visit.user] = visit
                if self._serve(visit, minute):
                    self._hub.servers[visit.user].works_until = next(
                        (end for first, end in visit.works if first <= minute < end), 0
                    )
            self._waiting = {}
            return
        moment = self._trace.moment_of(minute)
        if self._trace.policy.session_at(moment):
            self._hub.tally.waited_in_session += len(self._waiting)
        longest = max(minute - since for _, since in self._waiting.values())
        starts_soon = any(minute <= start <= minute + PATIENCE for start in self._way.starts)
        awake = moment.astimezone(self._trace.policy.zone).hour in ORGANIZER_AWAKE
        if self._watcher and self._watcher.money_left and longest >= ORGANIZER_ANSWERS and awake and not starts_soon:
            self._hub.start(minute)
        for visit, since in list(self._waiting.values()):
            if minute - since >= PATIENCE and self._hub.on_since is None and not starts_soon:
                self._give_up(visit, minute)

    def _give_up(self, visit: Visit, minute: int) -> None:
        _, since = self._waiting.pop(visit.user)
        self._hub.tally.waited += minute - since
        self._hub.tally.turned_away += 1

    def _serve(self, visit: Visit, minute: int) -> bool:
        """Give a server to a user without one; the wait is longer for later users in the same minute.

        If no new servers are started, the user leaves; returns False then.
        """
        if not self._hub.admits(visit.user):
            del self._hub.present[visit.user]
            self._hub.tally.turned_away += 1
            return False
        if self._hub.spawn(visit.user, minute):
            self._spawned += 1
            self._hub.tally.waited += max(SPAWN_SECONDS, self._spawned * CPU_SECONDS / self._cpus) / 60
        return True
