"""What to do with the hub: facts and policy in, one decision with its reason out. Its only clock is `facts.now`.

RULES is the whole order: the first rule that returns a decision wins, and the last rule always returns one. Always:

- An unknown fact never stops the hub. The outer guards (the schedule's stops, the AWS Budget) do not depend on facts.
- Nothing stops the hub in a session, not even a budget that is used up. Such a budget stops the hub at the session's
  end and lets no other session begin: a machine that the schedule starts is stopped again before the session. So
  beyond the budget only these cost money: the rest of one session, a few minutes before each later session, and the
  disks. A request to keep the hub does not extend this. But a machine that was started by hand stays for an hour, or
  for the rest of the session, and a hub that is closed for its last archive stays as long as was requested for it.
- Every stop is announced ten minutes before and again two minutes before. If the budget is used up and no server runs,
  two minutes are enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from pophub.hub.watch import reason_text
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
    unannounced,
    undone_soon,
)
from pophub.hub.watch.work import (
    KEEP_REQUEST,
    activity_is_known,
    by_hand_until,
    computations,
    free_since,
    last_work,
    next_batch,
)

# cost-watch looks every minute; after a longer pause it needs a second look before it trusts its clock
LONGEST_PAUSE = timedelta(minutes=15)
SILENCE = timedelta(hours=1)

Rule = Callable[[Facts, Policy], Decision | None]


def decide(facts: Facts, policy: Policy) -> Decision:
    """The first rule's decision, adapted to the budget's terms, with the facts that it used."""
    name, found = _first(facts, policy)
    found = _on_the_budgets_terms(found, facts, policy)
    details = replace(
        found.details,
        rule=name.strip("_"),
        looked_at=facts,
        terms=terms(facts, policy),
        tell=unannounced(facts, policy),
        keepable=_keepable(found, facts, policy),
    )
    return replace(found, details=details)


def _first(facts: Facts, policy: Policy) -> tuple[str, Decision]:
    return next((rule.__name__, it) for rule in RULES if (it := rule(facts, policy)) is not None)


def _keepable(found: Decision, facts: Facts, policy: Policy) -> datetime | None:
    """Until when a participant's request would keep the hub on against the announced stop; None if no request would."""
    if found.details.stop_at is None or facts.now >= policy.over:
        return None
    until = policy.stop_within(facts.now, KEEP_REQUEST) or facts.now + KEEP_REQUEST
    _, kept = _first(replace(facts, keeps=(until,)), policy)
    return until if kept.details.stop_at is None else None


def _clock_is_doubtful(facts: Facts, _: Policy) -> Decision | None:
    """Keep the hub on if the clock contradicts itself; the next look compares again."""
    if facts.booted is None or facts.last_decision is None:
        return _keep("whether the clock is right is not known yet")
    if facts.now < max(facts.booted, facts.last_decision):
        return _keep("the clock was set back")
    if facts.now - max(facts.booted, facts.last_decision) > LONGEST_PAUSE:
        return _keep("the clock was set forward, or nobody looked for a while")
    return None


def _schedule_stops_it(facts: Facts, policy: Policy) -> Decision | None:
    """The schedule stops the machine in any case; announce it."""
    stop = policy.stop_within(facts.now, FIRST_WARNING)
    return announcing(facts, policy, stop, "the schedule stops the hub") if stop else None


def _budget_is_used_up(facts: Facts, policy: Policy) -> Decision | None:
    """Stop at the end of the current session, or now if there is none."""
    if USED_UP not in reached(facts, policy):
        return None
    session = policy.session_at(facts.now)
    asked = (facts.now + KEEP_REQUEST,) if facts.keeps is None else facts.keeps
    archived = () if facts.closed is False else asked
    due = max(session.end if session else free_since(facts, policy), by_hand_until(facts, policy), *archived)
    why = f"the budget of {policy.budget_usd} USD is used up"
    # a machine that has just started for a session must be off before the session begins
    notice = LAST_WARNING if facts.servers == () else FIRST_WARNING
    return stopping(facts, policy, due, why, before_session=timedelta(), notice=notice)


def _session_is_on(facts: Facts, policy: Policy) -> Decision | None:
    """Keep the hub on during a session."""
    session = policy.session_at(facts.now)
    return _keep(f"a session is on until {reason_text.clock(session.end, facts, policy)}") if session else None


def _servers_are_started_for_a_session(facts: Facts, policy: Policy) -> Decision | None:
    """Start servers before a session, so that people find theirs running; only as many at once as the machine can start."""
    session = policy.session_within(facts.now, SOON)
    batch = next_batch(facts, policy)
    if session is None or not batch or REFUSE in reached(facts, policy):
        return None
    when = reason_text.clock(session.start, facts, policy)
    reason = f"a session starts at {when}: {len(batch)} more servers are started for it"
    return Decision(Action.PRESTART, reason, Details(start=batch))


def _session_starts_soon(facts: Facts, policy: Policy) -> Decision | None:
    """A stop now would disturb the session."""
    session = policy.session_within(facts.now, SOON)
    return _keep(f"a session starts at {reason_text.clock(session.start, facts, policy)}") if session else None


def _started_by_hand(facts: Facts, policy: Policy) -> Decision | None:
    """Somebody who starts a machine by hand needs time to sign in."""
    until = by_hand_until(facts, policy)
    return (
        _keep(f"started by hand, kept until {reason_text.clock(until, facts, policy)}") if facts.now < until else None
    )


def _asked_to_keep(facts: Facts, policy: Policy) -> Decision | None:
    """Keep the hub on as long as somebody asked for it."""
    if facts.keeps is None:
        return _keep("whether somebody asked for the hub to be kept is not known")
    until = max(facts.keeps, default=facts.now)
    return (
        _keep(f"somebody asked for it until {reason_text.clock(until, facts, policy)}") if facts.now < until else None
    )


def _event_is_over(facts: Facts, policy: Policy) -> Decision | None:
    """Close the hub after the event's last day, even if people are still working."""
    if facts.now < policy.over:
        return None
    due = max(policy.over, free_since(facts, policy), by_hand_until(facts, policy))
    return stopping(facts, policy, due, "the event is over", action=Action.CLOSE)


def _hub_is_silent(facts: Facts, policy: Policy) -> Decision | None:
    """Stop a hub that has not answered for an hour outside sessions."""
    if facts.answering is None:
        return _keep("whether the hub answers is not known")
    if facts.answering:
        return None
    if facts.silent_since is None:
        return _keep("the hub does not answer, since when is not known")
    since = f"the hub has not answered since {reason_text.clock(facts.silent_since, facts, policy)}"
    if facts.computing is None:
        return _keep(f"{since}, and whether somebody computes is not known")
    # servers continue to run when the hub is down
    computing = [it + policy.protected for it in facts.computing]
    due = max([max(facts.silent_since, free_since(facts, policy)) + SILENCE, *computing])
    return stopping(facts, policy, due, since) or _keep(since)


def _work_is_not_known(facts: Facts, _: Policy) -> Decision | None:
    """Keep the hub on if people may be working."""
    if facts.servers is None:
        return _keep("which servers run is not known")
    if facts.last_activity is None or any(not activity_is_known(server) for server in facts.servers):
        return _keep("when somebody worked last is not known")
    return None


def _computation_is_protected(facts: Facts, policy: Policy) -> Decision | None:
    """A computation goes on without its owner, up to the event's limit."""
    until = max(computations(facts), default=facts.now - policy.protected) + policy.protected
    return (
        _keep(f"a computation is protected until {reason_text.clock(until, facts, policy)}")
        if facts.now < until
        else None
    )


def _nobody_works(facts: Facts, policy: Policy) -> Decision | None:
    """Stop when nobody has done anything for the idle time; an open tab is not work."""
    idle = terms(facts, policy).hub_idle
    since = last_work(facts)
    reason = f"no work since {reason_text.clock(since, facts, policy)}, the limit is {reason_text.minutes(idle)}"
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
    """If the hub is kept, restrict it by the budget step that is reached."""
    if found.action is not Action.KEEP:
        return found
    steps = reached(facts, policy)
    spent = f"; {max(steps, default=0)} % of the budget are spent"
    if REFUSE in steps and not near_session(facts, policy):
        return replace(found, action=Action.REFUSE, reason=found.reason + spent)
    if TIGHTEN in steps:
        return replace(found, action=Action.TIGHTEN, reason=found.reason + spent)
    if TELL in unannounced(facts, policy) and found.details.stop_at is None:
        return replace(found, action=Action.WARN, reason=found.reason + spent)
    return found
