"""How a stop is announced: ten minutes before, again two minutes before, and only then it happens. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from pophub.hub.watch import reason_text
from pophub.hub.watch.decision import Action, Decision, Details
from pophub.hub.watch.facts import Announcement, Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.terms import too_late

FIRST_WARNING = timedelta(minutes=10)
LAST_WARNING = timedelta(minutes=2)
# a warning that is older than this no longer counts
STALE = timedelta(minutes=15)


def stopping(
    facts: Facts,
    policy: Policy,
    due: datetime,
    why: str,
    *,
    action: Action = Action.STOP,
    before_session: timedelta | None = None,
    notice: timedelta = FIRST_WARNING,
) -> Decision | None:
    """The next step towards a stop that is due; None if it is far away or too close to a session.

    That is nearer than `before_session`, or than a schedule's start for the session if None is given.

    If `due` moved to a later time, earlier warnings are void. If the notice became longer because somebody came, the
    stop moves by the same time.
    """
    given = _given(facts, due)
    announced = max((warning.stop_at for warning in given), default=due)
    stop_at = max(announced, min((warning.given for warning in given), default=facts.now) + notice)
    if not given and facts.now < due - notice:
        return None
    if (not given or stop_at > announced) and _session_in_the_way(policy, stop_at, before_session):
        return None
    last = [warning for warning in given if _is_last(warning, stop_at)]
    if given and not last:
        stop_at = max(stop_at, facts.now + LAST_WARNING)
    if facts.now >= stop_at and _long_enough_ago(facts, given, notice) and _long_enough_ago(facts, last, LAST_WARNING):
        return Decision(action, why)
    return announcing(facts, policy, stop_at, why)


def announcing(facts: Facts, policy: Policy, stop_at: datetime, why: str) -> Decision:
    """Warn of a stop, once early and once late; keep the hub in between."""
    given = _given(facts, stop_at)
    late = stop_at - facts.now <= LAST_WARNING
    said_already = any(_is_last(it, stop_at) for it in given) if late else bool(given)
    reason = f"{why}: the machine stops at {reason_text.clock(stop_at, facts, policy)}"
    return Decision(Action.KEEP if said_already else Action.WARN, reason, Details(stop_at=stop_at))


def _given(facts: Facts, due: datetime) -> list[Announcement]:
    """The warnings that still count; no warnings if they are not known."""
    return [it for it in facts.announced or () if it.stop_at >= due and timedelta() <= facts.now - it.given <= STALE]


def _is_last(announcement: Announcement, stop_at: datetime) -> bool:
    return stop_at - announcement.given <= LAST_WARNING


def _long_enough_ago(facts: Facts, given: list[Announcement], span: timedelta) -> bool:
    return any(facts.now - it.given >= span for it in given)


def _session_in_the_way(policy: Policy, stop_at: datetime, before: timedelta | None) -> bool:
    if policy.session_at(stop_at):
        return True
    session = next((it for it in policy.sessions if it.start > stop_at), None)
    return session is not None and session.start - stop_at <= (too_late(session, policy) if before is None else before)
