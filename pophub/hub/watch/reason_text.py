"""Times, durations and facts as text, for a decision's reason and evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy

MINUTE = timedelta(minutes=1)
# of the homes' disk
NEARLY_FULL = 0.9


def clock(moment: datetime, facts: Facts, policy: Policy) -> str:
    """The event's local time, with the date if it is not today."""
    there, here = moment.astimezone(policy.zone), facts.now.astimezone(policy.zone)
    return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%H:%M on %d %B}"


def minutes(span: timedelta) -> str:
    """Whole minutes, and hours if there are any."""
    hours, rest = divmod(span // MINUTE, 60)
    parts = [_count(hours, "hour")] * bool(hours) + [_count(rest, "minute")] * bool(rest or not hours)
    return " and ".join(parts)


def evidence(facts: Facts, policy: Policy) -> tuple[str, ...]:
    """The facts at the time of the decision, one sentence each."""
    return tuple(_evidence(facts, policy))


def _evidence(facts: Facts, policy: Policy) -> Iterator[str]:
    def at(moment: datetime | None) -> str:
        return "not known" if moment is None else clock(moment, facts, policy)

    yield f"now: {facts.now.astimezone(policy.zone):%Y-%m-%d %H:%M %Z}, up since: {at(facts.booted)}"
    yield {True: "the hub answers", None: "whether the hub answers: not known"}.get(
        facts.answering, f"the hub is silent since: {at(facts.silent_since)}"
    )
    yield f"servers: {_servers(facts)}, last activity: {at(facts.last_activity)}"
    yield f"to be kept until: {_latest(facts, policy)}"
    spent = "not known" if facts.spent_usd is None else f"{facts.spent_usd:.2f}"
    yield f"spent: {spent} of {policy.budget_usd} USD"
    if facts.disk_used is not None and facts.disk_used >= NEARLY_FULL:
        yield (
            f"the homes' disk is {facts.disk_used:.0%} full; on a full one nobody can save: set a larger `host.disk_gib` "
            "and deploy, which stops nobody"
        )


def _servers(facts: Facts) -> str:
    if facts.servers is None:
        return "not known"
    pending = sum(server.pending for server in facts.servers)
    busy = sum(bool(server.busy) for server in facts.servers)
    return f"{len(facts.servers)} ({pending} pending, {busy} with a busy kernel)"


def _latest(facts: Facts, policy: Policy) -> str:
    if facts.keeps is None:
        return "not known"
    return clock(max(facts.keeps), facts, policy) if facts.keeps else "nobody asked"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
