"""On which terms the hub runs: what is left of the budget shortens idle times and closes the door. Pure."""

from __future__ import annotations

from datetime import timedelta

from pophub.core.calendar import LEAD
from pophub.core.cost.steps import STEPS, reached_by
from pophub.hub.watch.decision import Terms
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy

TELL, TIGHTEN, REFUSE, USED_UP = STEPS
# a session that starts so soon is as good as on: the schedule has started the machine for it, or is about to
# (15 minutes of lead, 5 for the boot and a slow start)
SOON = timedelta(minutes=20)
# shorter would be no idle time: a warning takes ten minutes, and activity is told up to five minutes late
SHORTEST_IDLE = timedelta(minutes=15)


def reached(facts: Facts, policy: Policy) -> tuple[int, ...]:
    """The budget steps, in percent, that the metered spending has reached; none where it is not known."""
    return reached_by(facts.spent_usd, policy.budget_usd)


def untold(facts: Facts, policy: Policy) -> tuple[int, ...]:
    """The steps that the organizer is to be told of; none where it is not known what was told, lest it be told forever."""
    return () if facts.told is None else tuple(step for step in reached(facts, policy) if step not in facts.told)


def terms(facts: Facts, policy: Policy) -> Terms:
    """Half the idle times from 90 % on; no new servers outside sessions from 95 % on."""
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
    """A stop that comes so shortly before a session saves nothing worth everybody's kernels.

    The schedule starts the machine again LEAD before it, so at most the idle time is saved; over a lunch, minutes.
    """
    return max(SOON, terms(facts, policy).hub_idle + LEAD)


def _halved(idle: timedelta) -> timedelta:
    return min(idle, max(idle / 2, SHORTEST_IDLE))
