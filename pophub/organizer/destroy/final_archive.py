"""The final archive of a disk: made after nobody could work any more, so the disk and its snapshot may be removed.

A note beside the disk's archive in the account bucket says so. A hub that opens again deletes the note
(cloud-init/archive.sh).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pophub.aws.bucket import BucketPrefix
from pophub.core.contract import FINAL_FILE
from pophub.hub.archive.homes import ARCHIVE
from pophub.hub.archive.receipt import Receipt, is_verified, receipts_on
from pophub.organizer.event_context import EventContext, archive_of
from pophub.organizer.leftovers.resource import Resource


@dataclass(frozen=True, slots=True)
class Final:
    """When the hub was closed, and what could not be archived unchanged: one line per participant and problem."""

    disk: str
    machine: str
    at: datetime
    losses: tuple[str, ...]

    def covers(self, resource: Resource) -> bool:
        """Whether the resource holds nothing but archived files: the disk, its machine, or a snapshot begun since `at`."""
        if resource.type == "instance":
            return resource.id == self.machine
        return resource.disk == self.disk and (
            resource.type == "volume" or (resource.since is not None and resource.since >= self.at)
        )


def note_final(bucket: BucketPrefix, closed_at: datetime, *, machine: str, by: str) -> None:
    """Note that the archive as it is now is complete."""
    archive = bucket.list(ARCHIVE)[ARCHIVE].etag
    bucket.put_json(FINAL_FILE, {"archive": archive, "at": closed_at.isoformat(), "machine": machine, "by": by})


def final_of(context: EventContext, disk: str) -> Final | None:
    """The final archive of a disk; None if there is none, or if the archive has changed since the note."""
    bucket = archive_of(context, disk)
    note = bucket.look_up(FINAL_FILE)
    try:
        if note is None or note["archive"] != bucket.list(ARCHIVE)[ARCHIVE].etag:
            return None
        receipts = receipts_on(bucket)
        if not is_verified(bucket, receipts):
            return None
        return Final(disk, note["machine"], datetime.fromisoformat(note["at"]), tuple(losses_of(receipts)))
    except (KeyError, ValueError, TypeError):
        return None


def finals_of(context: EventContext, resources: Iterable[Resource]) -> dict[str, Final]:
    """The final archive of each disk that these resources are or belong to; disks without one are left out."""
    found = {disk: final_of(context, disk) for disk in {resource.disk for resource in resources if resource.disk}}
    return {disk: final for disk, final in found.items() if final is not None}


def covered_by(finals: dict[str, Final]) -> Callable[[Resource], bool]:
    """Whether the files in a resource are archived."""
    return lambda resource: any(final.covers(resource) for final in finals.values())


def wholly_covered_by(finals: dict[str, Final]) -> Callable[[Resource], bool]:
    """Whether the files in a resource are archived, and all of them unchanged."""
    whole = {disk: final for disk, final in finals.items() if not final.losses}
    return covered_by(whole)


def losses_of(receipts: Iterable[Receipt]) -> Iterator[str]:
    """What is missing or uncertain in these archives: one line per participant and problem."""
    for receipt in receipts:
        for what, count in sorted(receipt.losses.items()):
            yield f"{receipt.user}: {count} times {what}"
