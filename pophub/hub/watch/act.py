"""Carry out a decision: banner, terms, servers, reports, power. Doing it twice has the same effect as once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pophub.core.contract import WORKERS_FILE
from pophub.core.cost.records import BudgetStep, Moment
from pophub.hub.watch import metered, reason_text
from pophub.hub.watch.decision import Action, Decision
from pophub.hub.watch.facts import Announcement, Facts, Server
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.state import Paths, State, reached_as_json, remove, write
from pophub.hub.watch.work import computations
from pophub.hub.watch.workers_file import read_workers

# the machine goes on with every other action
ENDS = (Action.STOP, Action.CLOSE)
# how often the account bucket gets a report while nothing happens; also how late a request to keep the hub may be found
REPORTED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Effects:
    """The effects outside our own files; tests pass others."""

    # write one line to the journal
    say: Callable[[dict[str, Any]], None]
    # start servers, as many as there is time for; yield what went wrong with each, or None
    start: Callable[[tuple[str, ...]], Iterable[tuple[str, str | None]]]
    # copy a report and the meter to the account bucket and fetch a request to keep the hub, if the bucket can be reached
    report: Callable[[dict[str, Any]], None]
    power_off: Callable[[], None]


def act(decision: Decision, policy: Policy, *, paths: Paths, state: State, effects: Effects, moment: Moment) -> None:
    """Carry out the decision and remember it.

    Raises:
        OSError: the state cannot be written; then the next look does not know about this one and stops nothing.
    """
    facts = decision.details.looked_at
    assert facts is not None
    report = as_report(decision, facts, policy)
    effects.say(report)
    _announce(decision, facts, policy, paths, state)
    _set_terms(decision, facts, policy, paths)
    _start(decision, state, effects)
    _tell(decision, facts, policy, paths, moment)
    state.last_decision, state.up_ms = facts.now, moment.up_ms
    is_due = _is_to_be_reported(decision, facts, state)
    if is_due:
        state.reported = facts.now
    write(paths.state, state.as_json())
    if decision.action in ENDS:
        with suppress(OSError):
            write(paths.stopped, report)
        metered.note_stop(paths, moment)
    if is_due:
        workers = read_workers(paths.run / WORKERS_FILE, facts.now)
        effects.report(report | ({"workers": workers} if workers else {}))
    if decision.action in ENDS:
        effects.power_off()


def as_report(decision: Decision, facts: Facts, policy: Policy) -> dict[str, Any]:
    """What was decided, why, when and on which evidence, and what the hub has cost so far."""
    details = decision.details
    return {
        "at": facts.now.isoformat(timespec="seconds"),
        "action": str(decision.action),
        "reason": decision.reason,
        "rule": details.rule,
        "stop_at": details.stop_at.isoformat(timespec="seconds") if details.stop_at else None,
        "spent_usd": None if facts.spent_usd is None else str(facts.spent_usd),
        "budget_usd": str(policy.budget_usd),
        "up_since": facts.booted.isoformat() if facts.booted else None,
        "servers": None if facts.servers is None else len(facts.servers),
        "tell": list(details.tell),
        "evidence": list(reason_text.evidence(facts, policy)),
    }


def _announce(decision: Decision, facts: Facts, policy: Policy, paths: Paths, state: State) -> None:
    """The banner is written first: a warning is remembered only if it was shown."""
    stop_at = decision.details.stop_at
    if stop_at is None:
        if decision.action not in ENDS:
            remove(paths.banner)
            state.announced = ()
        return
    banner = {
        "stop_at": stop_at.isoformat(timespec="seconds"),
        "clock": reason_text.clock(stop_at, facts, policy),
        "reason": decision.reason,
        "keep": _on_offer(decision.details.keepable, facts, policy),
    }
    write(paths.banner, banner, mode=0o644)
    if decision.action is Action.WARN:
        state.announced = (*state.announced, Announcement(stop_at, facts.now))


def _on_offer(until: datetime | None, facts: Facts, policy: Policy) -> dict[str, Any] | None:
    """Until when a participant can postpone the stop, as a time and in minutes. None: not at all."""
    if until is None:
        return None
    return {
        "until": until.isoformat(timespec="seconds"),
        "clock": reason_text.clock(until, facts, policy),
        "minutes": (until - facts.now) // timedelta(minutes=1),
    }


def _set_terms(decision: Decision, facts: Facts, policy: Policy, paths: Paths) -> None:
    """The terms for the culler and the spawn page, which use them while they are recent."""
    terms = decision.details.terms
    if terms is None:
        return
    content = {
        "at": facts.now.isoformat(timespec="seconds"),
        "hub_idle": int(terms.hub_idle.total_seconds()),
        "server_idle": int(terms.server_idle.total_seconds()),
        "new_servers": terms.new_servers,
        "protected": [server.user for server in facts.servers or () if _is_protected(server, facts, policy)],
    }
    write(paths.terms, content, mode=0o644)


def _is_protected(server: Server, facts: Facts, policy: Policy) -> bool:
    """Whether this server has a computation that is still within the event's limit."""
    alone = replace(facts, servers=(server,))
    return any(facts.now < since + policy.protected for since in computations(alone))


def _start(decision: Decision, state: State, effects: Effects) -> None:
    """Start each server once; try again at the next look if a start failed or there was no time."""
    for user, problem in effects.start(decision.details.start):
        if problem is None:
            state.prestarted = (*state.prestarted, user)
        else:
            effects.say({"action": "prestart failed", "reason": problem})


def _is_to_be_reported(decision: Decision, facts: Facts, state: State) -> bool:
    """Important changes at once, everything else every REPORTED_EVERY."""
    details = decision.details
    if decision.action in ENDS or details.stop_at or details.tell or state.reported is None:
        return True
    return not timedelta() <= facts.now - state.reported < REPORTED_EVERY


def _tell(decision: Decision, facts: Facts, policy: Policy, paths: Paths, moment: Moment) -> None:
    """Record the budget steps in the journal, the meter and the account bucket; AWS sends its own mails.

    The meter comes first: a step that could not be written there is announced again.
    """
    spent = facts.spent_usd
    if not decision.details.tell or spent is None:
        return
    with suppress(OSError):
        metered.note_steps(
            paths, moment, [BudgetStep(percent, spent, policy.budget_usd) for percent in decision.details.tell]
        )
        write(paths.told_steps, reached_as_json({*(facts.told_steps or ()), *decision.details.tell}, policy.budget_usd))
