"""What may be left of an event: a thing with its price, what could not be looked at, and the sum. It asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pophub.aws.client import Aws, AwsRefusal
from pophub.aws.reports import reports
from pophub.aws.shelf import ShelfPrefix
from pophub.core.contract import EVENT_TAG, resource_name

FREE = Decimal(0)
# what a service says of something that is gone already
GONE = ("NotFound", "NoSuch", "DoesNotExist")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose things are looked for, and where; without a domain no record can be known by its name."""

    aws: Aws
    account_id: str
    event: str
    region: str
    shelf: str
    shelf_region: str
    archive_days: int
    domain: str = ""
    zone: str = ""
    # whether homes may lie on the machine's own disk, as those of its accounts do; also where nobody knows
    accounts: bool = True

    @property
    def name(self) -> str:
        """What the names of the event's things begin with."""
        return resource_name(self.event)

    @property
    def reports(self) -> ShelfPrefix:
        """Where the hub puts what it says, and looks for what it is asked."""
        return reports(self.aws, self.shelf, self.shelf_region, self.event)

    def is_ours(self, tags: Mapping[str, str], *, named: bool) -> bool:
        """A thing belongs to the event that its tag names; without one its exact name makes it one to be told."""
        owner = tags.get(EVENT_TAG)
        return named if owner is None else owner == self.event

    def all(self, service: str, operation: str, entries: str, **arguments: Any) -> Iterator[Any]:
        """Every entry of a listing in the event's region."""
        return self.aws.pages(service, self.region, operation, entries, **arguments)

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """One call in the event's region."""
        return self.aws.call(service, self.region, operation, **arguments)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that exists in AWS; `usd_a_month` is None where no price is known."""

    kind: str
    id: str
    usd_a_month: Decimal | None
    note: str = ""
    # somebody's work lies in it: it goes only when the archive is verified
    holds_work: bool = False
    remove_by: date | None = None
    # the volume that it is, or that it is a snapshot of
    disk: str = ""
    # since when it has been as it is, where that tells whether it is archived
    since: datetime | None = None
    # nothing but its name says that it is this event's, so that only a person can decide
    doubtful: bool = False
    entry: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: how it is found and how one is removed. `remove` is None for what is never removed."""

    name: str
    find: Callable[[Scope], Iterable[Thing]]
    remove: Callable[[Scope, Thing], None] | None = None


@dataclass(frozen=True, slots=True)
class Unseen:
    """A kind that AWS would not show: nobody knows whether something of it is left."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What is left, what stays on the shelf by intention, and what could not be looked at."""

    event: str
    region: str
    left: tuple[Thing, ...]
    kept: tuple[Thing, ...]
    unseen: tuple[Unseen, ...]

    @property
    def usd_a_month(self) -> Decimal:
        """What is left costs at least this."""
        return sum((thing.usd_a_month or FREE for thing in self.left), FREE)

    @property
    def is_clean(self) -> bool:
        """Nothing is left, and everything could be looked at."""
        return not self.left and not self.unseen


def tag_map(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """AWS's list of keys and values as a mapping; services differ in the capital letter."""
    return {tag.get("Key", tag.get("key", "")): tag.get("Value", tag.get("value", "")) for tag in tags or ()}


def is_untagged(tags: Mapping[str, str]) -> bool:
    """Whether no tag says which event's a thing is: it may be somebody's who has chosen the same name."""
    return EVENT_TAG not in tags


def is_gone(refusal: AwsRefusal) -> bool:
    """Whether what was asked for is not there any more."""
    return any(word in refusal.aws_code for word in GONE)
