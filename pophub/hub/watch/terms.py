"""The limits that the hub applies: the more of the budget is spent, the shorter the idle times; then no new servers. Pure."""

from __future__ import annotations

from datetime import timedelta

from pophub.core.calendar import LEAD, Window
from pophub.core.cost.steps import STEPS, reached_by
from pophub.hub.watch.decision import Terms
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy

TELL, TIGHTEN, REFUSE, USED_UP = STEPS
# a session that starts this soon counts as begun: the schedule has started the machine for it, or soon will
# (15 minutes before the session, and 5 for the boot and a slow start)
SLOW_START = timedelta(minutes=5)
SOON = LEAD + SLOW_START
# a shorter idle time cannot work: a warning takes ten minutes, and activity is reported up to five minutes late
SHORTEST_IDLE = timedelta(minutes=15)


def reached(facts: Facts, policy: Policy) -> tuple[int, ...]:
    """The budget steps, in percent, that the metered spending has reached; empty if the spending is not known."""
    return reached_by(facts.spent_usd, policy.budget_usd)


def unannounced(facts: Facts, policy: Policy) -> tuple[int, ...]:
    """The steps that the organizer must be told about; empty if it is not known which were told, to avoid endless repeats."""
    return (
        ()
        if facts.told_steps is None
        else tuple(step for step in reached(facts, policy) if step not in facts.told_steps)
    )


def terms(facts: Facts, policy: Policy) -> Terms:
    """From 90 % on, idle times are halved; from 95 % on, no new servers outside sessions."""
    steps = reached(facts, policy)
    shorter = TIGHTEN in steps
    return Terms(
        hub_idle=_halved(policy.hub_idle) if shorter else policy.hub_idle,
        server_idle=_halved(policy.server_idle) if shorter else policy.server_idle,
        new_servers=REFUSE not in steps or near_session(facts, policy),
    )


def near_session(facts: Facts, policy: Policy) -> bool:
    """Whether a session is on or starts soon."""
    return bool(policy.session_at(facts.now) or policy.session_within(facts.now, SOON))


def undone_soon(facts: Facts, policy: Policy) -> timedelta:
    """How long before the next session an idle stop is not worth it.

    The schedule starts the machine again soon after, so the stop would save at most the idle time, and end everybody's
    kernels.
    """
    session = policy.session_within(facts.now, timedelta(days=1))
    return max(SOON, terms(facts, policy).hub_idle + (policy.lead(session) if session else LEAD))


def too_late(session: Window, policy: Policy) -> timedelta:
    """How long before a session no stop may come: the schedule has started the machine, and does not do it again."""
    return max(SOON, policy.lead(session) + SLOW_START)


def _halved(idle: timedelta) -> timedelta:
    return min(idle, max(idle / 2, SHORTEST_IDLE))
