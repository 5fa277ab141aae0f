"""Cost-watch in the replay: facts as the real one would collect them, the real `decide`, and the effects of its decision.

It knows the hub's state of the minute before. People at the desk answer a banner within nine minutes, unless `answered`
is false.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from pophub.hub.watch.decide import decide
from pophub.hub.watch.decision import Action, Decision
from pophub.hub.watch.facts import Announcement, BusyKernel, Facts, Server
from pophub.hub.watch.terms import USED_UP
from simulator.hub import Hub, Running
from simulator.trace import MINUTE, Job

AN_HOUR = 60
SLOWEST_ANSWER = 9


class Watcher:
    """Called in each minute in which the hub is ready."""

    def __init__(self, hub: Hub, *, answered: bool) -> None:
        self._hub = hub
        self._answered = answered
        self._chance = Random(0)  # noqa: S311
        self._keeps: list[int] = []
        self._announced: tuple[Announcement, ...] = ()
        self._answers: dict[str, int] = {}
        # each user's server as `decide` last received it, after the values it was made from
        self._servers: dict[str, tuple[tuple[int, int, tuple[Job, ...]], Server]] = {}
        self._told_steps: tuple[int, ...] = ()
        self._prestarted: set[str] = set()
        self._last_decision: int | None = None
        tariff, trace = hub.trace.tariff, hub.trace
        start = trace.start
        self._moments = [start + minute * MINUTE for minute in range(trace.minutes)]
        self._standing = tariff.usd_an_hour_stopped(trace.event.disk_gib) / 60
        self._machine = tariff.machines[trace.instance_type].usd_an_hour / 60

    @property
    def money_left(self) -> bool:
        """Whether the budget was not yet reported as used up."""
        return USED_UP not in self._told_steps

    def keep(self, until: int) -> None:
        """Somebody asks to keep the hub."""
        self._keeps.append(until)

    def run_once(self, minute: int) -> bool:
        """Decide and act; true if the machine must be stopped."""
        self._answer_the_banner(minute)
        decision = decide(self._facts(minute), self._hub.trace.policy)
        self._last_decision = minute
        self._act(decision, minute)
        if decision.action in (Action.STOP, Action.CLOSE):
            self._last_decision, self._announced, self._answers = None, (), {}
            return True
        return False

    def _facts(self, minute: int) -> Facts:
        hub, moment = self._hub, self._moments.__getitem__
        return Facts(
            now=moment(minute),
            booted=moment(hub.on_since or 0),
            last_decision=None if self._last_decision is None else moment(self._last_decision),
            answering=True,
            silent_since=None,
            servers=tuple(self._server(user, server, minute) for user, server in hub.servers.items()),
            last_activity=moment(hub.last_activity(minute)),
            keeps=tuple(self._hub.trace.moment_of(until) for until in self._keeps),
            started_by_hand=(),
            announced=self._announced,
            spent_usd=self._spent(minute),
            disk_used=None,
            told_steps=self._told_steps,
            roster=hub.trace.roster,
            prestarted=tuple(self._prestarted),
            expected=(),
            computing=(),
            closed=False,
        )

    def _server(self, user: str, server: Running, minute: int) -> Server:
        """The same object as a minute ago if nothing changed."""
        key = (server.started, server.last_activity_at(minute), tuple(server.jobs))
        known = self._servers.get(user)
        if known is None or known[0] != key:
            moments = self._moments
            busy = tuple(BusyKernel(moments[job.start], 1.0) for job in server.jobs)
            known = key, Server(user, moments[key[0]], moments[key[1]], busy)
            self._servers[user] = known
        return known[1]

    def _spent(self, minute: int) -> Decimal:
        return self._standing * minute + self._machine * self._hub.minutes_on

    def _act(self, decision: Decision, minute: int) -> None:
        details = decision.details
        if details.terms:
            self._hub.tell_idle(details.terms.server_idle // MINUTE)
            self._hub.new_servers = details.terms.new_servers
        if details.stop_at is None:
            self._announced, self._answers = (), {}
        elif decision.action is Action.WARN:
            self._announced += (Announcement(details.stop_at, self._moments[minute]),)
        for user in details.start:
            self._hub.spawn(user, minute)
            self._prestarted.add(user)
        if self._hub.trace.policy.session_at(self._moments[minute]):
            self._prestarted.clear()
        self._told_steps += details.tell

    def _answer_the_banner(self, minute: int) -> None:
        """People at the desk press "keep me for an hour"."""
        if not self._announced or not self._answered:
            return
        for user in self._hub.present:
            when = self._answers.setdefault(user, minute + self._chance.randrange(SLOWEST_ANSWER))
            if minute >= when:
                self.keep(minute + AN_HOUR)
                self._hub.tally.answers += 1
                self._answers[user] = minute + AN_HOUR
