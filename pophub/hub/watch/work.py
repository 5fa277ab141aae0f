"""Who works and since when: what the rules of decide.py read out of the facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pophub.hub.watch.facts import BusyKernel, Facts, Server
from pophub.hub.watch.policy import Policy

# a kernel that waits for input or sleeps is busy for Jupyter, and does not work
WORKING_CORES = 0.01
# what a person who starts the machine gets, in which to sign in
BY_HAND = timedelta(hours=1)
# and a participant who asks for the hub
A_WISH = timedelta(hours=1)
# the schedule tries to start a machine for half an hour, and the machine boots for a few minutes
ON_TIME = timedelta(minutes=35)
# AWS hears nobody whose clock is further from its own: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
# (RequestTimeTooSkewed)
CLOCKS_DIFFER = timedelta(minutes=15)
# kernels that cannot be asked may all work
NOT_KNOWN = (BusyKernel(since=None, cores=None),)


def activity_is_known(server: Server) -> bool:
    """Whether it is known when its participant did something last; for one that starts, that was the click."""
    return server.last_activity is not None and (server.started is not None or not server.pending)


def last_work(facts: Facts) -> datetime:
    """When anybody did anything last; the boot counts, and so does the click that starts a server."""
    moments = [facts.booted, facts.last_activity]
    for server in facts.servers or ():
        moments += [server.last_activity, server.started if server.pending else None]
    return min(facts.now, max(filter(None, moments), default=facts.now))


def computations(facts: Facts) -> Iterator[datetime]:
    """Since when each computation that may still be at work has been alone: since it began, or since its owner left it.

    Whoever starts a run does something, and a kernel whose background never rests has begun long before.
    """
    for server in facts.servers or ():
        for kernel in NOT_KNOWN if server.busy is None else server.busy:
            if kernel.cores is None or kernel.cores >= WORKING_CORES:
                yield min(facts.now, max(filter(None, (kernel.since, _latest(server))), default=facts.now))


def free_since(facts: Facts, policy: Policy) -> datetime:
    """Since when the machine is up and no session keeps it, where none is on."""
    return max(filter(None, (facts.booted, policy.last_end(facts.now))), default=facts.now)


def by_hand_until(facts: Facts, policy: Policy) -> datetime:
    """How long a start that the schedule did not make keeps the machine; after one that it made, the boot.

    Where the organizer left word of a start, that counts, whatever the hour; a start in AWS's console leaves none.
    Word that cannot be read may be of this minute.
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
    """Whose servers are started next: nobody's where something is not known, or memory does not hold everybody at once."""
    known = (facts.servers, facts.roster, facts.prestarted, policy.seats, policy.spawns_at_once)
    if None in known:
        return ()
    servers, roster = facts.servers or (), facts.roster or ()
    running = {server.user for server in servers}
    if len(running | set(roster)) > (policy.seats or 0):
        return ()
    pending = sum(server.pending for server in servers)
    missing = [user for user in roster if user not in running and user not in (facts.prestarted or ())]
    return tuple(missing[: max(0, (policy.spawns_at_once or 0) - pending)])


def _latest(server: Server) -> datetime | None:
    return server.last_activity or server.started
