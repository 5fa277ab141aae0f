"""Replays under a budget, for the tests: what was spent until when, and until when the machine may be on with nothing left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from pophub.hub.watch.announce import FIRST_WARNING
from pophub.hub.watch.decide import decide
from pophub.hub.watch.decision import Decision
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.work import BY_HAND
from simulator import watcher
from simulator.hub import Tally
from simulator.replay import replay
from simulator.trace import MINUTE, Trace
from simulator.ways import ways

# the first look after a boot only compares clocks, and the next is a minute later
LATE = 2
WARNING = FIRST_WARNING // MINUTE + LATE


@dataclass(frozen=True, slots=True, repr=False)
class Replayed:
    """A trace under a budget: what happened, and every decision of the watch."""

    trace: Trace
    tally: Tally
    decisions: list[Decision]

    @property
    def budget(self) -> Decimal:
        return self.trace.policy.budget_usd

    @property
    def rates(self) -> tuple[Decimal, Decimal]:
        """USD a minute, of the machine and of what stands."""
        trace = self.trace
        machine = trace.tariff.machines[trace.instance_type].usd_an_hour
        return machine / 60, trace.tariff.usd_an_hour_stopped(trace.event.disk_gib) / 60

    def usd(self, minutes: int) -> Decimal:
        """What was spent in the first minutes."""
        machine, standing = self.rates
        return standing * minutes + machine * sum(self.tally.on[:minutes])

    def used_up_at(self) -> int | None:
        """The first minute before which all of it was spent."""
        machine, standing = self.rates
        spent = Decimal(0)
        for minute, on in enumerate(self.tally.on):
            if spent >= self.budget:
                return minute
            spent += standing + machine * on
        return None

    def runs(self) -> Iterator[tuple[int, int]]:
        """The machine from a start to its stop."""
        on = self.tally.on
        edges = [it for it in range(len(on)) if on[it] != (it and on[it - 1])]
        yield from zip(edges[::2], [*edges[1::2], len(on)], strict=False)

    def is_scheduled(self, start: int) -> bool:
        """Whether the schedule starts the machine then, or a person does."""
        return start in {self.trace.minute_of(moment) for moment in self.trace.policy.starts}

    def allowed(self, minute: int) -> int:
        """Until when the machine may be on that is on in a minute in which nothing is left.

        A session that is on, or that nobody could be warned of in time, is held; a start by hand has its hour.
        """
        trace = self.trace
        start = next(start for start, end in self.runs() if start <= minute < end)
        until = max(minute + LATE, start if self.is_scheduled(start) else start + BY_HAND // MINUTE)
        for session in trace.policy.sessions:
            begins, ends = trace.minute_of(session.start), trace.minute_of(session.end)
            if minute < ends and begins <= until + WARNING:
                until = max(until, ends)
        return until + WARNING


def with_budget(trace: Trace, usd: Decimal) -> Replayed:
    """The watch's way, with another budget."""
    decisions: list[Decision] = []

    def deciding(facts: Facts, policy: Policy) -> Decision:
        decisions.append(decide(facts, policy))
        return decisions[-1]

    trace = replace(trace, policy=replace(trace.policy, budget_usd=usd))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watcher, "decide", deciding)
        return Replayed(trace, replay(trace, ways(trace)[0]), decisions)


def facts(decision: Decision) -> Facts:
    """What was looked at."""
    assert decision.details.looked_at is not None
    return decision.details.looked_at
