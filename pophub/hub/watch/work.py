"""Who works and since when: what the rules of decide.py read from the facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pophub.hub.watch.facts import BusyKernel, Facts, Server
from pophub.hub.watch.policy import Policy

# a kernel that waits for input or sleeps is "busy" for Jupyter but does not work
WORKING_CORES = 0.01
# the time to sign in that a person gets after starting the machine
BY_HAND = timedelta(hours=1)
# how long one request of a participant keeps the hub on
KEEP_REQUEST = timedelta(hours=1)
# the schedule retries a start for half an hour, and the boot takes some minutes
ON_TIME = timedelta(minutes=35)
# AWS refuses requests from a clock that differs by more: RequestTimeTooSkewed in
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
CLOCKS_DIFFER = timedelta(minutes=15)
# kernels that could not be measured may all be working
NOT_KNOWN = (BusyKernel(since=None, cores=None),)


def activity_is_known(server: Server) -> bool:
    """Whether a participant's last action is known; for a server that is starting, that was the click on "start"."""
    return server.last_activity is not None and (server.started is not None or not server.pending)


def last_work(facts: Facts) -> datetime:
    """When anybody last did something; the boot counts, and so does the click that starts a server."""
    moments = [facts.booted, facts.last_activity]
    for server in facts.servers or ():
        moments += [server.last_activity, server.started if server.pending else None]
    return min(facts.now, max(filter(None, moments), default=facts.now))


def computations(facts: Facts) -> Iterator[datetime]:
    """For each computation that may still be running: the later of its start and its owner's last action.

    The owner's last action counts because a background task may never pause: it began long before the owner started the
    run that matters.
    """
    for server in facts.servers or ():
        for kernel in NOT_KNOWN if server.busy is None else server.busy:
            if kernel.cores is None or kernel.cores >= WORKING_CORES:
                yield min(facts.now, max(filter(None, (kernel.since, _latest(server))), default=facts.now))


def free_since(facts: Facts, policy: Policy) -> datetime:
    """Since when the machine is up without a session; only meaningful outside sessions."""
    return max(filter(None, (facts.booted, policy.last_end(facts.now))), default=facts.now)


def by_hand_until(facts: Facts, policy: Policy) -> datetime:
    """How long a start by hand keeps the machine on; for a start by the schedule, the boot time.

    A start that the organizer recorded counts at any hour; a start in AWS's console is not recorded. If the records
    cannot be read, a start may just have happened.
    """
    if facts.started_by_hand is None:
        return facts.now + BY_HAND
    booted = facts.booted or facts.now
    scheduled = any(start <= booted <= start + ON_TIME for start in policy.starts)
    earliest, latest = booted - ON_TIME, facts.now + CLOCKS_DIFFER
    asked = [min(max(start, booted), facts.now) for start in facts.started_by_hand if earliest <= start <= latest]
    if scheduled and not asked:
        return booted
    return max([booted, *asked]) + BY_HAND


def next_batch(facts: Facts, policy: Policy) -> tuple[str, ...]:
    """The users whose servers start next; empty if a fact is not known or if the memory cannot hold everybody at once.

    Those who came before are first. People of the roster who have never been here follow, each once, if there is memory
    for all of them too.
    """
    known = (facts.servers, facts.roster, facts.expected, facts.prestarted, policy.slots, policy.spawns_at_once)
    if None in known:
        return ()
    servers, came, expected = facts.servers or (), facts.roster or (), facts.expected or ()
    running, slots = {server.user for server in servers}, policy.slots or 0
    if len(running | set(came)) > slots:
        return ()
    pending = sum(server.pending for server in servers)
    wanted = (*came, *expected) if len(running.union(came, expected)) <= slots else came
    missing = [user for user in wanted if user not in running and user not in (facts.prestarted or ())]
    return tuple(missing[: max(0, (policy.spawns_at_once or 0) - pending)])


def _latest(server: Server) -> datetime | None:
    return server.last_activity or server.started
