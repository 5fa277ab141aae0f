"""What an event has left in AWS, listed directly in every service, and its removal. It needs no Terraform state."""

from __future__ import annotations

from collections.abc import Callable

from pophub.aws.client import AwsRefusal
from pophub.organizer.leftovers.access import ACCESS, RECORDS
from pophub.organizer.leftovers.by_hand import BY_HAND
from pophub.organizer.leftovers.by_tag import others
from pophub.organizer.leftovers.guards import GUARDS, TELLERS
from pophub.organizer.leftovers.in_the_bucket import BUCKET
from pophub.organizer.leftovers.in_the_way import GUARDDUTY, STRANGERS
from pophub.organizer.leftovers.machines import MACHINES
from pophub.organizer.leftovers.networks import NETWORKS
from pophub.organizer.leftovers.thing import Findings, Kind, Scope, Thing, Unseen, is_gone

# in the order in which they can be removed
KINDS: tuple[Kind, ...] = (*GUARDS, *RECORDS, *MACHINES, *BY_HAND, *GUARDDUTY, STRANGERS, *NETWORKS, *ACCESS, *TELLERS)
IN_USE = "DependencyViolation"
HOW_LONG_TO_LOOK = "every service that an event uses is asked: less than a minute"
HOW_LONG_TO_REMOVE = "one after the other, then a look for what is still there: about 5 minutes if the network goes too"
Talk = Callable[[str], None]


def find(scope: Scope, talk: Talk = lambda line: None) -> Findings:
    """Every existing resource of this event. Types that AWS does not list are in `unseen`: unknown is not nothing.

    Raises:
        PophubError: there are no valid credentials.
    """
    left: list[Thing] = []
    unseen: list[Unseen] = []
    for kind in KINDS:
        talk(f"looking for each {kind.name}")
        left += _seen(kind, scope, unseen)
    # resources that were found above are left out
    left += _seen(Kind("other", lambda scope: others(scope, tuple(left))), scope, unseen)
    kept = _seen(BUCKET, scope, unseen)
    return Findings(scope.event, scope.region, tuple(left), tuple(kept), tuple(unseen))


def _seen(kind: Kind, scope: Scope, unseen: list[Unseen]) -> list[Thing]:
    try:
        return list(kind.find(scope))
    except AwsRefusal as refusal:
        unseen.append(Unseen(kind.name, refusal.sentence))
        return []


def removable(findings: Findings, is_archived: Callable[[Thing], bool] = lambda thing: False) -> tuple[Thing, ...]:
    """The resources that may be removed: no doubtful ones, and ones that hold people's files only if those are archived."""
    goes = {kind.name for kind in KINDS if kind.remove}
    ours = (thing for thing in findings.left if thing.kind in goes and not thing.doubtful)
    return tuple(thing for thing in ours if not thing.holds_work or is_archived(thing))


def remove(scope: Scope, things: tuple[Thing, ...], talk: Talk = lambda line: None) -> tuple[tuple[Thing, str], ...]:
    """Remove these resources one by one; returns those that could not be removed, with AWS's message.

    It can be repeated: resources that no longer exist are not an error.

    Raises:
        PophubError: there are no valid credentials.
    """
    removers = {kind.name: kind.remove for kind in KINDS if kind.remove}
    order = list(removers)
    failed: list[tuple[Thing, str]] = []
    for thing in sorted(things, key=lambda it: order.index(it.kind)):
        talk(f"removing {thing.kind} {thing.id}")
        try:
            removers[thing.kind](scope, thing)
        except AwsRefusal as refusal:
            if not is_gone(refusal):
                why = "; what else is in the network is in the list" if refusal.aws_code == IN_USE else ""
                failed.append((thing, f"{refusal.sentence}{why}"))
    return tuple(failed)
