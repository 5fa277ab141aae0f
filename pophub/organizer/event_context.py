"""Which event is meant and where its resources are: read from the event's file, or derived from its name and region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.aws.reports import meter, reports
from pophub.core.contract import EVENT_TAG, bucket_name, is_pretended, resource_name
from pophub.core.cost.records import Kind, Reading
from pophub.core.errors import PophubError
from pophub.hub.archive.command import LATEST, archive_prefix
from pophub.hub.archive.receipt import is_verified
from pophub.hub.archive.unix_accounts import uses_accounts
from pophub.organizer.event.account import load_account
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.fields import NAME
from pophub.organizer.paths import ACCOUNT_FILE, event_file

DEFAULT_ARCHIVE_DAYS: int = Event.model_fields["archive_days"].default


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


def event_context(name: str, aws: Aws, *, region: str | None = None) -> EventContext:
    """Where an event's resources are; `region` replaces a file that is lost or no longer valid.

    Raises:
        PophubError: there is neither such an event nor a region, or AWS does not answer.
    """
    path = event_file(name)
    if not re.fullmatch(NAME, path.stem) or path.stem == "account":
        raise PophubError(
            f"{path.stem!r} is not the name of an event", hint="give the name that the event's file has, or had"
        )
    event = None if region else _load(path)
    account, account_id = load_account(ACCOUNT_FILE), aws.account_id()
    bucket = account.bucket or bucket_name(account_id)
    if event is None:
        return EventContext(aws, account_id, path.stem, region or "", bucket, account.region, DEFAULT_ARCHIVE_DAYS)
    return EventContext(
        aws,
        account_id,
        event.name,
        event.region,
        bucket,
        account.region,
        event.archive_days,
        domain=event.domain,
        zone=event.zone,
        accounts=has_accounts(event),
    )


def has_accounts(event: Event) -> bool:
    """Whether participants are Unix accounts of the machine; their homes may then be on the machine's own disk."""
    return uses_accounts(event.model_dump(include={"login"}, exclude_none=True))


def _load(path: Path) -> Event:
    try:
        return load_event(path)
    except PophubError as error:
        hint = f"{error.hint}\nwithout the file: name the event's region with --region"
        raise PophubError(error.problem, hint=hint, problems=error.problems) from error


def archive_of(context: EventContext, disk: str | None = None) -> BucketPrefix:
    """The archive of one of the event's disks; without `disk`, of the disk that was archived last."""
    if disk is None:
        disk = last_disk(context)
    return _place_of(context, disk)


def last_disk(context: EventContext) -> str:
    """The disk of the archive that was begun last; empty if there is none."""
    return str((_place_of(context).look_up(LATEST) or {}).get("disk", ""))


def _place_of(context: EventContext, disk: str = "") -> BucketPrefix:
    return archive_prefix(
        context.aws, context.event, context.bucket, context.bucket_region, context.archive_days, disk=disk
    )


def is_archived(context: EventContext, disk: str | None = None) -> bool:
    """Whether every home of a disk is archived and read back; somebody may have worked since."""
    return is_verified(archive_of(context, disk))


def people_with_servers(context: EventContext) -> int:
    """How many people had servers, by the hub's meter in the account bucket: whether a disk without homes is wrong.

    0 if there is no meter, or only one of an earlier, destroyed event of this name.
    """
    try:
        copy = meter(reports(context.aws, context.bucket, context.bucket_region, context.event))
        if copy.gone is not None:
            return 0
        users = {record.user for record in Reading(copy.lines) if record.kind is Kind.SERVER_START}
        return sum(not is_pretended(user) for user in users)
    except PophubError:
        return 0
