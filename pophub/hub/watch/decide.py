"""What to do with the hub: facts and policy in, one decision with its reason out. It knows no clock but `facts.now`.

RULES says it all: the first rule that has something to say decides, the last one always has. Whatever the facts are:

- What is not known never stops the hub. The outer guards, the schedule's stops and the AWS Budget, need none of this.
- Inside a session nothing stops it, not even a budget that is used up. That budget ends the hub with the session, and
  lets no other begin: a machine that the schedule starts for one is stopped again before it opens. So what can be
  spent beyond the budget is the rest of one session, a few minutes before each other one, and the disks. Nobody's
  wish to stay extends it; but who starts the machine by hand has an hour, or the rest of the session that is on, and
  a hub that is closed for its last archive has the hours that were asked for it.
- Nobody is surprised: whatever stops the hub was announced ten minutes and again two minutes before. Only where the
  budget is used up and nobody has a server, two minutes have to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from pophub.hub.watch import said
from pophub.hub.watch.announce import FIRST_WARNING, LAST_WARNING, announcing, stopping
from pophub.hub.watch.decision import Action, Decision, Details
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.terms import (
    REFUSE,
    SOON,
    TELL,
    TIGHTEN,
    USED_UP,
    near_session,
    reached,
    terms,
    undone_soon,
    untold,
)
from pophub.hub.watch.work import (
    A_WISH,
    activity_is_known,
    by_hand_until,
    computations,
    free_since,
    last_work,
    next_batch,
)

# the watch looks every minute; after a longer pause it looks twice before it believes its clock
LONGEST_PAUSE = timedelta(minutes=15)
SILENCE = timedelta(hours=1)

Rule = Callable[[Facts, Policy], Decision | None]


def decide(facts: Facts, policy: Policy) -> Decision:
    """The first rule's decision, on the budget's terms, with what was looked at."""
    name, found = _first(facts, policy)
    found = _on_the_budgets_terms(found, facts, policy)
    details = replace(
        found.details,
        rule=name.strip("_"),
        looked_at=facts,
        terms=terms(facts, policy),
        tell=untold(facts, policy),
        keepable=_keepable(found, facts, policy),
    )
    return replace(found, details=details)


def _first(facts: Facts, policy: Policy) -> tuple[str, Decision]:
    return next((rule.__name__, it) for rule in RULES if (it := rule(facts, policy)) is not None)


def _keepable(found: Decision, facts: Facts, policy: Policy) -> datetime | None:
    """Until when a participant's wish would keep the hub from the stop that stands announced; None where none would."""
    if found.details.stop_at is None or facts.now >= policy.over:
        return None
    until = policy.stop_within(facts.now, A_WISH) or facts.now + A_WISH
    _, kept = _first(replace(facts, keeps=(until,)), policy)
    return until if kept.details.stop_at is None else None


def _clock_is_doubtful(facts: Facts, _: Policy) -> Decision | None:
    """A clock that contradicts itself proves nothing; the next look compares it with this one."""
    if facts.booted is None or facts.last_decision is None:
        return _keep("whether the clock is right is not known yet")
    if facts.now < max(facts.booted, facts.last_decision):
        return _keep("the clock was set back")
    if facts.now - max(facts.booted, facts.last_decision) > LONGEST_PAUSE:
        return _keep("the clock was set forward, or nobody looked for a while")
    return None


def _schedule_stops_it(facts: Facts, policy: Policy) -> Decision | None:
    """The schedule's stop comes whatever is decided here; at least it comes announced."""
    stop = policy.stop_within(facts.now, FIRST_WARNING)
    return announcing(facts, policy, stop, "the schedule stops the hub") if stop else None


def _budget_is_used_up(facts: Facts, policy: Policy) -> Decision | None:
    """It ends the hub with the session that is on, else at once."""
    if USED_UP not in reached(facts, policy):
        return None
    session = policy.session_at(facts.now)
    asked = (facts.now + A_WISH,) if facts.keeps is None else facts.keeps
    archived = () if facts.closed is False else asked
    due = max(session.end if session else free_since(facts, policy), by_hand_until(facts, policy), *archived)
    why = f"the budget of {policy.budget_usd} USD is used up"
    # a machine that has only just been started for a session has to be off before that begins
    notice = LAST_WARNING if facts.servers == () else FIRST_WARNING
    return stopping(facts, policy, due, why, before_session=timedelta(), notice=notice)


def _session_is_on(facts: Facts, policy: Policy) -> Decision | None:
    """People work now."""
    session = policy.session_at(facts.now)
    return _keep(f"a session is on until {said.clock(session.end, facts, policy)}") if session else None


def _servers_are_started_for_a_session(facts: Facts, policy: Policy) -> Decision | None:
    """The first click should find a running server: started before the session, no more at once than the machine can."""
    session = policy.session_within(facts.now, SOON)
    batch = next_batch(facts, policy)
    if session is None or not batch or REFUSE in reached(facts, policy):
        return None
    reason = (
        f"a session starts at {said.clock(session.start, facts, policy)}: {len(batch)} more servers are started for it"
    )
    return Decision(Action.PRESTART, reason, Details(start=batch))


def _session_starts_soon(facts: Facts, policy: Policy) -> Decision | None:
    """A stop now would only be in its way."""
    session = policy.session_within(facts.now, SOON)
    return _keep(f"a session starts at {said.clock(session.start, facts, policy)}") if session else None


def _started_by_hand(facts: Facts, policy: Policy) -> Decision | None:
    """Who starts a machine by hand wants to sign in to it."""
    until = by_hand_until(facts, policy)
    return _keep(f"started by hand, kept until {said.clock(until, facts, policy)}") if facts.now < until else None


def _asked_to_keep(facts: Facts, policy: Policy) -> Decision | None:
    """A person's word counts."""
    if facts.keeps is None:
        return _keep("whether somebody asked for the hub to be kept is not known")
    until = max(facts.keeps, default=facts.now)
    return _keep(f"somebody asked for it until {said.clock(until, facts, policy)}") if facts.now < until else None


def _event_is_over(facts: Facts, policy: Policy) -> Decision | None:
    """Its last day has passed: the work of people who are still there is done."""
    if facts.now < policy.over:
        return None
    due = max(policy.over, free_since(facts, policy), by_hand_until(facts, policy))
    return stopping(facts, policy, due, "the event is over", action=Action.CLOSE)


def _hub_is_silent(facts: Facts, policy: Policy) -> Decision | None:
    """A hub that gave no answer for an hour outside sessions serves nobody."""
    if facts.answering is None:
        return _keep("whether the hub answers is not known")
    if facts.answering:
        return None
    if facts.silent_since is None:
        return _keep("the hub does not answer, since when is not known")
    since = f"the hub has not answered since {said.clock(facts.silent_since, facts, policy)}"
    if facts.computing is None:
        return _keep(f"{since}, and whether somebody computes is not known")
    # servers outlive their hub
    computing = [it + policy.protected for it in facts.computing]
    due = max([max(facts.silent_since, free_since(facts, policy)) + SILENCE, *computing])
    return stopping(facts, policy, due, since) or _keep(since)


def _work_is_not_known(facts: Facts, _: Policy) -> Decision | None:
    """Who may be at work must not be stopped."""
    if facts.servers is None:
        return _keep("which servers run is not known")
    if facts.last_activity is None or any(not activity_is_known(server) for server in facts.servers):
        return _keep("when somebody worked last is not known")
    return None


def _computation_is_protected(facts: Facts, policy: Policy) -> Decision | None:
    """A computation goes on without its owner, up to the event's limit."""
    until = max(computations(facts), default=facts.now - policy.protected) + policy.protected
    return _keep(f"a computation is protected until {said.clock(until, facts, policy)}") if facts.now < until else None


def _nobody_works(facts: Facts, policy: Policy) -> Decision | None:
    """Idle is the time since anybody did anything; a forgotten tab does nothing."""
    idle = terms(facts, policy).hub_idle
    since = last_work(facts)
    reason = f"no work since {said.clock(since, facts, policy)}, the limit is {said.minutes(idle)}"
    before_session = undone_soon(facts, policy)
    return stopping(facts, policy, since + idle, reason, before_session=before_session) or _keep(reason)


RULES: tuple[Rule, ...] = (
    _clock_is_doubtful,
    _schedule_stops_it,
    _budget_is_used_up,
    _session_is_on,
    _servers_are_started_for_a_session,
    _session_starts_soon,
    _started_by_hand,
    _asked_to_keep,
    _event_is_over,
    _hub_is_silent,
    _work_is_not_known,
    _computation_is_protected,
    _nobody_works,
)


def _keep(reason: str) -> Decision:
    return Decision(Action.KEEP, reason)


def _on_the_budgets_terms(found: Decision, facts: Facts, policy: Policy) -> Decision:
    """What is kept, is kept on the terms of the budget step that is reached."""
    if found.action is not Action.KEEP:
        return found
    steps = reached(facts, policy)
    spent = f"; {max(steps, default=0)} % of the budget are spent"
    if REFUSE in steps and not near_session(facts, policy):
        return replace(found, action=Action.REFUSE, reason=found.reason + spent)
    if TIGHTEN in steps:
        return replace(found, action=Action.TIGHTEN, reason=found.reason + spent)
    if TELL in untold(facts, policy) and found.details.stop_at is None:
        return replace(found, action=Action.WARN, reason=found.reason + spent)
    return found
