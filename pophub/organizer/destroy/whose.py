"""Which event is meant, and where its things are: from the event's file, or without one from what is known of it."""

from __future__ import annotations

import re
from pathlib import Path

from pophub.aws.client import Aws
from pophub.aws.shelf import ShelfPrefix
from pophub.core.contract import bucket_name
from pophub.core.errors import PophubError
from pophub.hub.archive.accounts import uses_accounts
from pophub.hub.archive.on_hub import LATEST, shelf_of
from pophub.hub.archive.receipt import is_verified
from pophub.organizer.event.account import load_account
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.fields import NAME
from pophub.organizer.leftovers.thing import Scope
from pophub.organizer.paths import ACCOUNT_FILE, event_file

DEFAULT_ARCHIVE_DAYS: int = Event.model_fields["archive_days"].default


def scope_of(name: str, aws: Aws, *, region: str | None = None) -> Scope:
    """Where an event's things are; a `region` stands in for a file that is lost or no longer valid.

    Raises:
        PophubError: there is no such event and no region, or AWS cannot be asked.
    """
    path = event_file(name)
    if not re.fullmatch(NAME, path.stem) or path.stem == "account":
        raise PophubError(f"{path.stem!r} is no event's name", hint="give the name that the event's file has, or had")
    event = None if region else _load(path)
    account, account_id = load_account(ACCOUNT_FILE), aws.account_id()
    shelf = account.shelf or bucket_name(account_id)
    if event is None:
        return Scope(aws, account_id, path.stem, region or "", shelf, account.region, DEFAULT_ARCHIVE_DAYS)
    return Scope(
        aws,
        account_id,
        event.name,
        event.region,
        shelf,
        account.region,
        event.archive_days,
        domain=event.domain,
        zone=event.zone,
        accounts=has_accounts(event),
    )


def has_accounts(event: Event) -> bool:
    """Whether its people are accounts of the machine, whose homes may lie on the machine's own disk."""
    return uses_accounts(event.model_dump(include={"login"}, exclude_none=True))


def _load(path: Path) -> Event:
    try:
        return load_event(path)
    except PophubError as error:
        hint = f"{error.hint}\nwithout the file: name the event's region with --region"
        raise PophubError(error.problem, hint=hint, problems=error.problems) from error


def archive_of(scope: Scope, disk: str | None = None) -> ShelfPrefix:
    """The archive of a disk of the event's on the shelf; without a `disk`, of the last one that was archived."""
    if disk is None:
        disk = last_disk(scope)
    return _place_of(scope, disk)


def last_disk(scope: Scope) -> str:
    """The disk of the last archive that was begun; empty where there was none."""
    return str((_place_of(scope).look_up(LATEST) or {}).get("disk", ""))


def _place_of(scope: Scope, disk: str = "") -> ShelfPrefix:
    return shelf_of(scope.aws, scope.event, scope.shelf, scope.shelf_region, scope.archive_days, disk=disk)


def is_archived(scope: Scope, disk: str | None = None) -> bool:
    """Whether every home of a disk lies on the shelf and was read back; somebody may have worked since."""
    return is_verified(archive_of(scope, disk))
