"""How many slots are free on the workers, how many must stay free, and how many workers that needs. Pure."""

from __future__ import annotations

from datetime import timedelta

from pophub.core.calendar import LEAD
from pophub.hub.workers.decision import Do, WorkerAction
from pophub.hub.workers.facts import Facts, Worker
from pophub.hub.workers.policy import Policy

# how long no more workers are requested after one that could not be used
AFTER_FAILURE = timedelta(minutes=15)
# how long after a session's start people still come
ARRIVAL = timedelta(minutes=30)
# slots are quotients of sums of memory
ROUNDING = 1e-6


def free(facts: Facts, policy: Policy) -> int:
    """The whole slots on workers that take servers; parts of slots on two workers do not add up to a slot."""
    return sum(free_on(it, policy) for it in facts.present if it.takes_servers)


def free_on(worker: Worker, policy: Policy) -> int:
    return max(0, int(policy.slots - worker.slots + ROUNDING))


def kept_free(facts: Facts, policy: Policy) -> float:
    """The slots to keep free: a tenth of all while people come, one worker's in a session, otherwise none."""
    if people_come(facts, policy):
        return max(policy.slots, policy.count * policy.slots // 10)
    return policy.slots if policy.session_at(facts.now) else 0


def people_come(facts: Facts, policy: Policy) -> bool:
    session = policy.session_at(facts.now)
    arriving = session is not None and facts.now < session.start + ARRIVAL
    return arriving or policy.session_within(facts.now, policy.warm + LEAD) is not None


def wanted_size(facts: Facts) -> int:
    """The desired size, or the number of workers if that is larger: the schedule's smaller size ends no protected worker."""
    return max(facts.wanted or 0, len(facts.present))


def cannot_join(facts: Facts) -> bool:
    return facts.failed is not None and facts.failed < AFTER_FAILURE


def more_workers(facts: Facts, policy: Policy, short: float) -> list[WorkerAction]:
    """A larger size of the group if `short` more slots are needed than the workers that are starting will have."""
    coming = wanted_size(facts) - sum(not it.starting for it in facts.present)
    missing = -int(-(short - coming * policy.slots) // policy.slots)
    size = min(policy.most, wanted_size(facts) + max(0, missing))
    return [WorkerAction(Do.SET_SIZE, size=size)] if size > wanted_size(facts) and not cannot_join(facts) else []
