"""What to do with the workers: facts and policy in, one decision with its steps out. Its only clock is in the facts.

RULES is the whole order: the first rule that returns a decision wins, and the last rule always returns one. A rule whose
steps are done returns nothing, so that the next look, ten seconds later, goes on with the rules after it. Always:

- A worker with a server is never ended. Only a spot notice, or a hub that goes off, stops servers that the hub knows.
- An unknown fact ends nothing.
- No server is moved. Swarm places a new server on the worker with the fewest. To use few workers, the hub pauses those
  that are not needed: a paused worker takes no new servers, ends when it is empty, and is unpaused if room is needed,
  the fullest one first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from pophub.hub.workers.decision import Decision, Do, WorkerAction
from pophub.hub.workers.facts import Facts, Worker
from pophub.hub.workers.policy import Policy
from pophub.hub.workers.room import cannot_join, free, free_on, kept_free, more_workers, people_come, wanted_size

# from the request until a worker takes servers: at most 60 s from a bare Debian, and the time that AWS takes
BIRTH = timedelta(minutes=3)
# a worker that has not joined by then never will
LONGEST_BIRTH = timedelta(minutes=10)
# a worker that comes back after this time has lost its servers anyway, because Swarm stops them
LOST = timedelta(minutes=10)
# the same if people wait for its place; Swarm knows after a minute and a half that its servers are lost
LOST_AND_MISSED = timedelta(minutes=2)
# AWS takes a spot instance two minutes after its notice:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
NOTICE = timedelta(seconds=90)
TAKEN = timedelta(minutes=2)
# a server that has not ended by then is stuck; Docker gives each ten seconds
LONGEST_STOP = timedelta(minutes=1)
# how long an empty worker stays for people who come back
EMPTY = timedelta(minutes=10)

Rule = Callable[[Facts, Policy], Decision | None]


def decide(facts: Facts, policy: Policy) -> Decision:
    """The decision of the first rule that applies."""
    return next(found for rule in RULES if (found := rule(facts, policy)) is not None)


def _hub_goes_off(facts: Facts, _: Policy) -> Decision | None:
    """Stop every server, then end every worker, even if Docker does not answer: nobody can work without the hub."""
    if facts.closing is None:
        return None
    reason = "the hub goes off or closes, and its workers end first"
    if facts.closing < LONGEST_STOP and (facts.pending or any(it.servers for it in facts.present)):
        return _decision(_hub_goes_off, reason, WorkerAction(Do.STOP_SERVERS))
    launching = facts.wanted is None or facts.wanted > len(facts.present)
    size = [WorkerAction(Do.SET_SIZE, size=len(facts.present))] if launching else []
    return _decision(_hub_goes_off, reason, *size, *_ends(facts.present, facts))


def _something_is_not_known(facts: Facts, _: Policy) -> Decision | None:
    if None not in (facts.workers, facts.wanted, facts.pending, facts.pending_slots):
        return None
    return _decision(_something_is_not_known, "what the group or the swarm does is not known, so everything stays")


def _worker_is_taken_away(facts: Facts, _: Policy) -> Decision | None:
    """Pause the worker, warn its people, and stop its servers before AWS does; their next start is on another worker."""
    steps = []
    for worker in facts.present:
        if worker.notice is None or not worker.joined:
            continue
        if not worker.paused:
            steps.append(WorkerAction(Do.PAUSE, worker.id))
        # what counts as a server there after that is what Swarm has not heard the end of
        if worker.servers and NOTICE <= worker.notice < TAKEN:
            steps.append(WorkerAction(Do.STOP_SERVERS, worker.id))
    return _decision(_worker_is_taken_away, "AWS takes a spot instance back", *steps) if steps else None


def _worker_s_clock_is_wrong(facts: Facts, _: Policy) -> Decision | None:
    """Pause it, because Swarm refuses its next connection; its servers go on, and it ends after the last of them."""
    found = [it for it in facts.present if it.joined and it.clock_off is not None]
    steps = [WorkerAction(Do.PAUSE, it.id) for it in found if not it.paused]
    steps += _ends((it for it in found if it.paused and not it.servers), facts)
    minutes = max((abs(it.clock_off or timedelta()) for it in found), default=timedelta()) // timedelta(minutes=1)
    reason = f"a worker's clock differs from the hub's by {minutes} minutes"
    return _decision(_worker_s_clock_is_wrong, reason, *steps) if steps else None


def _room_is_needed(facts: Facts, policy: Policy) -> Decision | None:
    """Unpause workers, the fullest first; request more only if servers wait and the starting workers are not enough."""
    short = (facts.pending_slots or 0) + kept_free(facts, policy) - free(facts, policy)
    if short <= 0:
        return None
    steps = []
    paused = [it for it in facts.present if it.usable and it.paused and free_on(it, policy)]
    for worker in sorted(paused, key=lambda it: (-it.slots, it.id)):
        if short <= 0:
            break
        steps.append(WorkerAction(Do.UNPAUSE, worker.id))
        short -= free_on(worker, policy)
    if facts.pending and short > 0:
        steps += more_workers(facts, policy, short)
    what = f"{facts.pending} servers wait for room" if facts.pending else "room for people who come is kept"
    return _decision(_room_is_needed, what, *steps) if steps else None


def _session_starts_soon(facts: Facts, policy: Policy) -> Decision | None:
    """Request the session's workers if the schedule's own request failed, or if the hub has ended them since."""
    session = policy.session_within(facts.now, policy.warm + BIRTH)
    if session is None or wanted_size(facts) >= min(policy.count, policy.most) or cannot_join(facts):
        return None
    size = WorkerAction(Do.SET_SIZE, size=min(policy.count, policy.most))
    return _decision(_session_starts_soon, "a session starts soon, and everybody may come", size)


def _new_worker_is_protected(facts: Facts, _: Policy) -> Decision | None:
    """Protect a worker from scale-in when it joins: from then on only the hub may end it."""
    new = [it for it in facts.present if it.joined and not it.protected]
    steps = (WorkerAction(Do.PROTECT, it.id) for it in new)
    return _decision(_new_worker_is_protected, "a worker has joined", *steps) if new else None


def _worker_belongs_to_another_hub(facts: Facts, _: Policy) -> Decision | None:
    """End the workers of an earlier hub: people start new servers here, and two servers must not write into one home."""
    found = [it for it in facts.present if it.of_another_hub]
    reason = "a worker belongs to a hub that was replaced"
    return _decision(_worker_belongs_to_another_hub, reason, *_ends(found, facts)) if found else None


def _worker_never_joined(facts: Facts, _: Policy) -> Decision | None:
    found = [it for it in facts.present if it.starting and it.age >= LONGEST_BIRTH]
    reason = f"a worker has not joined in {LONGEST_BIRTH // timedelta(minutes=1)} minutes: see its console in EC2"
    return _decision(_worker_never_joined, reason, *_ends(found, facts)) if found else None


def _server_has_no_owner(facts: Facts, _: Policy) -> Decision | None:
    """Remove a server that nobody can reach; otherwise its worker could not end before the hub stops."""
    steps = (WorkerAction(Do.REMOVE, service) for service in facts.orphans)
    return _decision(_server_has_no_owner, "the hub does not know a server", *steps) if facts.orphans else None


def _worker_is_lost(facts: Facts, policy: Policy) -> Decision | None:
    """End a worker that AWS reports as unhealthy, or that has not answered for so long that its servers are lost."""
    longest = LOST_AND_MISSED if facts.pending and wanted_size(facts) >= policy.most else LOST
    found = [
        it
        for it in facts.present
        if not (it.starting or it.ready or it.servers) and (it.down >= longest or not it.healthy)
    ]
    return _decision(_worker_is_lost, "a worker is gone", *_ends(found, facts)) if found else None


def _empty_worker_ends(facts: Facts, policy: Policy) -> Decision | None:
    """End a worker that was paused before this look, so Swarm cannot have placed a server there meanwhile."""
    if people_come(facts, policy):
        return None
    found = [it for it in facts.present if it.usable and it.paused and not it.servers and it.empty >= EMPTY]
    reason = f"a worker has had no server for {EMPTY // timedelta(minutes=1)} minutes"
    return _decision(_empty_worker_ends, reason, *_ends(found, facts)) if found else None


def _servers_lie_on_few(facts: Facts, policy: Policy) -> Decision | None:
    """Pause workers, those with the fewest servers first, as long as the others have enough room.

    The fullest one with a free slot still takes servers, unless it is empty.
    """
    spare = free(facts, policy) - kept_free(facts, policy) - (facts.pending_slots or 0)
    with_room = [it for it in facts.present if it.takes_servers and free_on(it, policy)]
    with_room.sort(key=lambda it: (it.slots, it.id))
    if with_room and with_room[-1].servers:
        del with_room[-1]
    steps = []
    for worker in with_room:
        spare -= free_on(worker, policy)
        if spare < 0:
            break
        steps.append(WorkerAction(Do.PAUSE, worker.id))
    return _decision(_servers_lie_on_few, "the other workers have room enough", *steps) if steps else None


def _gone_worker_is_forgotten(facts: Facts, _: Policy) -> Decision | None:
    """Remove the nodes of machines that no longer exist; Swarm would keep them in its list for ever."""
    steps = (WorkerAction(Do.FORGET, node) for node in facts.strays)
    return _decision(_gone_worker_is_forgotten, "a worker is gone from the group", *steps) if facts.strays else None


def _nothing_is_to_be_done(facts: Facts, _: Policy) -> Decision | None:
    refused = f"; AWS starts no worker: {facts.refused}" if facts.refused else ""
    return _decision(_nothing_is_to_be_done, f"{len(facts.present)} workers, {facts.pending} servers wait{refused}")


RULES: tuple[Rule, ...] = (
    _hub_goes_off,
    _something_is_not_known,
    _worker_is_taken_away,
    _worker_s_clock_is_wrong,
    _room_is_needed,
    _session_starts_soon,
    _new_worker_is_protected,
    _worker_belongs_to_another_hub,
    _worker_never_joined,
    _server_has_no_owner,
    _worker_is_lost,
    _empty_worker_ends,
    _servers_lie_on_few,
    _gone_worker_is_forgotten,
    _nothing_is_to_be_done,
)


def _ends(workers: Iterable[Worker], facts: Facts) -> list[WorkerAction]:
    """End each worker; the group must neither replace it nor get a negative size."""
    wanted, left = facts.wanted or 0, len(facts.present)
    steps = []
    for worker in workers:
        left -= 1
        shrinks = wanted > left
        steps.append(WorkerAction(Do.END, worker.id, shrinks=shrinks))
        wanted -= shrinks
    return steps


def _decision(rule: Rule, reason: str, *steps: WorkerAction) -> Decision:
    return Decision(rule.__name__.strip("_"), reason, steps)
