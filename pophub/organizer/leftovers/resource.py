"""Data about what an event has left: resources with their price, types that could not be listed, and the sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.core.contract import EVENT_TAG
from pophub.organizer.event_context import EventContext

FREE = Decimal(0)
# parts of the error codes with which services answer about a resource that no longer exists
GONE = ("NotFound", "NoSuch", "DoesNotExist")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource in AWS; `usd_a_month` is None if its price is unknown."""

    type: str
    id: str
    usd_a_month: Decimal | None
    note: str = ""
    # it holds people's files, and is removed only if the archive is verified
    holds_work: bool = False
    remove_by: date | None = None
    # the volume that it is, or that it is a snapshot of
    disk: str = ""
    # since when it has not changed, if that matters for whether it is archived
    since: datetime | None = None
    # only its name says that it belongs to this event, so a person must decide
    doubtful: bool = False
    entry: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource: how to find and how to remove one. `remove` is None for a type that is never removed."""

    name: str
    find: Callable[[EventContext], Iterable[Resource]]
    remove: Callable[[EventContext, Resource], None] | None = None


def removed_by(service: str, operation: str, parameter: str) -> Callable[[EventContext, Resource], None]:
    """For a type that one call removes, which takes the resource's id as `parameter`."""

    def remove(context: EventContext, resource: Resource) -> None:
        context.call(service, operation, **{parameter: resource.id})

    return remove


@dataclass(frozen=True, slots=True)
class Unseen:
    """A type that AWS did not list, so it is unknown whether one is left."""

    type: str
    reason: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What is left, what stays in the account bucket on purpose, and what could not be listed."""

    event: str
    region: str
    left: tuple[Resource, ...]
    kept: tuple[Resource, ...]
    unseen: tuple[Unseen, ...]

    @property
    def usd_a_month(self) -> Decimal:
        """The minimum monthly cost of what is left."""
        return sum((resource.usd_a_month or FREE for resource in self.left), FREE)

    @property
    def is_clean(self) -> bool:
        """True if nothing is left and everything could be listed."""
        return not self.left and not self.unseen


def tag_map(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """AWS's list of keys and values as a mapping; some services write `Key`, others `key`."""
    return {tag.get("Key", tag.get("key", "")): tag.get("Value", tag.get("value", "")) for tag in tags or ()}


def is_untagged(tags: Mapping[str, str]) -> bool:
    """Whether no tag says to which event a resource belongs; somebody else may have chosen the same name."""
    return EVENT_TAG not in tags


def is_gone(refusal: AwsRefusal) -> bool:
    """Whether the error means that the resource no longer exists."""
    return any(word in refusal.aws_code for word in GONE)
