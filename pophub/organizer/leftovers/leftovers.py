"""What an event has left in AWS, listed directly in every service, and its removal. It needs no Terraform state."""

from __future__ import annotations

from collections.abc import Callable

from pophub.aws.client import AwsRefusal
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.access import ACCESS, RECORDS
from pophub.organizer.leftovers.by_tag import others
from pophub.organizer.leftovers.in_the_bucket import BUCKET
from pophub.organizer.leftovers.in_the_way import GUARDDUTY, STRANGERS
from pophub.organizer.leftovers.machines import MACHINES
from pophub.organizer.leftovers.monitoring import MONITORING, TELLERS
from pophub.organizer.leftovers.networks import NETWORKS
from pophub.organizer.leftovers.off_page import CHECKS, OFF_PAGE
from pophub.organizer.leftovers.resource import Findings, Resource, ResourceType, Unseen, is_gone
from pophub.organizer.leftovers.untagged_disks import UNTAGGED_DISKS
from pophub.organizer.leftovers.workers import WORKERS

# in the order in which they can be removed
RESOURCE_TYPES: tuple[ResourceType, ...] = (
    *MONITORING,
    *RECORDS,
    *CHECKS,
    *OFF_PAGE,
    *WORKERS,
    *MACHINES,
    *UNTAGGED_DISKS,
    *GUARDDUTY,
    STRANGERS,
    *NETWORKS,
    *ACCESS,
    *TELLERS,
)
IN_USE = "DependencyViolation"
HOW_LONG_TO_LOOK = "every service that an event uses is asked: less than a minute"
HOW_LONG_TO_REMOVE = "one after the other, then a look for what is still there: about 5 minutes if the network goes too"
Talk = Callable[[str], None]


def find(context: EventContext, talk: Talk = lambda line: None) -> Findings:
    """Every existing resource of this event. Types that AWS does not list are in `unseen`: unknown is not nothing.

    Raises:
        PophubError: there are no valid credentials.
    """
    left: list[Resource] = []
    unseen: list[Unseen] = []
    for type_ in RESOURCE_TYPES:
        talk(f"looking for each {type_.name}")
        left += _seen(type_, context, unseen)
    # resources that were found above are left out
    left += _seen(ResourceType("other", lambda context: others(context, tuple(left))), context, unseen)
    kept = _seen(BUCKET, context, unseen)
    return Findings(context.event, context.region, tuple(left), tuple(kept), tuple(unseen))


def _seen(type_: ResourceType, context: EventContext, unseen: list[Unseen]) -> list[Resource]:
    try:
        return list(type_.find(context))
    except AwsRefusal as refusal:
        unseen.append(Unseen(type_.name, refusal.sentence))
        return []


def removable(
    findings: Findings, is_archived: Callable[[Resource], bool] = lambda resource: False
) -> tuple[Resource, ...]:
    """The resources that may be removed: no doubtful ones, and ones that hold people's files only if those are archived."""
    goes = {type_.name for type_ in RESOURCE_TYPES if type_.remove}
    ours = (resource for resource in findings.left if resource.type in goes and not resource.doubtful)
    return tuple(resource for resource in ours if not resource.holds_work or is_archived(resource))


def remove(
    context: EventContext, resources: tuple[Resource, ...], talk: Talk = lambda line: None
) -> tuple[tuple[Resource, str], ...]:
    """Remove these resources one by one; returns those that could not be removed, with AWS's message.

    It can be repeated: resources that no longer exist are not an error.

    Raises:
        PophubError: there are no valid credentials.
    """
    removers = {type_.name: type_.remove for type_ in RESOURCE_TYPES if type_.remove}
    order = list(removers)
    failed: list[tuple[Resource, str]] = []
    for resource in sorted(resources, key=lambda it: order.index(it.type)):
        talk(f"removing {resource.type} {resource.id}")
        try:
            removers[resource.type](context, resource)
        except AwsRefusal as refusal:
            if not is_gone(refusal):
                why = "; what else is in the network is in the list" if refusal.aws_code == IN_USE else ""
                failed.append((resource, f"{refusal.sentence}{why}"))
    return tuple(failed)
