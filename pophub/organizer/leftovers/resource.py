"""Data about what an event has left: resources with their price, types that could not be listed, and the sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws, AwsRefusal
from pophub.aws.reports import reports
from pophub.core.contract import EVENT_TAG, resource_name

FREE = Decimal(0)
# parts of the error codes with which services answer about a resource that no longer exists
GONE = ("NotFound", "NoSuch", "DoesNotExist")


@dataclass(frozen=True, slots=True)
class EventContext:
    """The event whose resources are looked for, and where; without `domain`, no record is recognized by its name."""

    aws: Aws
    account_id: str
    event: str
    region: str
    bucket: str
    bucket_region: str
    archive_days: int
    domain: str = ""
    zone: str = ""
    # whether homes may be on the machine's own disk, as those of Unix accounts are; True also if that is unknown
    accounts: bool = True

    @property
    def name(self) -> str:
        """The prefix of the names of the event's resources."""
        return resource_name(self.event)

    @property
    def reports(self) -> BucketPrefix:
        """The prefix where the hub stores its reports and looks for requests."""
        return reports(self.aws, self.bucket, self.bucket_region, self.event)

    def is_ours(self, tags: Mapping[str, str], *, named: bool) -> bool:
        """Whether a resource belongs to the event: its tag decides; without a tag, `named`, that is its exact name."""
        owner = tags.get(EVENT_TAG)
        return named if owner is None else owner == self.event

    def all(self, service: str, operation: str, entries: str, **arguments: Any) -> Iterator[Any]:
        """Every entry of a listing in the event's region."""
        return self.aws.pages(service, self.region, operation, entries, **arguments)

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """One call in the event's region."""
        return self.aws.call(service, self.region, operation, **arguments)


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
