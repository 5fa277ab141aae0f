"""What an organizer does with an archive: create it, see its status, create links, restore one home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pophub.aws.bucket import BucketPrefix
from pophub.core.errors import PophubError
from pophub.hub.archive.receipt import Receipt, is_verified, receipts_on
from pophub.organizer.destroy.link_page import about, file_names, link_page
from pophub.organizer.destroy.links import as_csv, links
from pophub.organizer.destroy.remote_hub import reach
from pophub.organizer.destroy.restore import restore
from pophub.organizer.destroy.run_command import Talk
from pophub.organizer.event.brand import brand_of_file
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event_context import EventContext, archive_of
from pophub.organizer.outcome import Outcome
from pophub.organizer.paths import event_file
from pophub.organizer.private_folder import write_private_folder

LIST = "links.csv"


def make(context: EventContext, talk: Talk, *, now: datetime, dry_run: bool) -> Outcome:
    """Archive while people continue to work; a later run archives what has changed.

    Raises:
        PophubError: there is no machine, or not all homes could be archived.
    """
    remote_hub = reach(context, talk)
    if remote_hub is None:
        raise PophubError(
            f"{context.event} has no machine in {context.region} whose homes could be archived",
            hint=f"what is archived already: pophub archive {context.event} --show",
        )
    if dry_run:
        machine = remote_hub.machine
        text = f"would archive the homes of {machine.id}, which is {machine.state}, to s3://{context.bucket}/archive/"
        return Outcome({"event": context.event, "instance": machine.id, "dry_run": True}, text)
    remote_hub.start(now)
    remote_hub.archive()
    return status(context)


def status(context: EventContext) -> Outcome:
    """The archived homes, and what could not be archived."""
    bucket = archive_of(context)
    return status_of(context.event, bucket, receipts_on(bucket))


def status_of(event: str, bucket: BucketPrefix, receipts: Sequence[Receipt]) -> Outcome:
    """The same, from receipts that the caller has already read."""
    complete = is_verified(bucket, receipts)
    facts = {"event": event, "complete": complete, "homes": [_facts(receipt) for receipt in receipts]}
    return Outcome(facts, "\n".join(_lines(event, receipts, complete)))


def _facts(receipt: Receipt) -> dict[str, Any]:
    return {
        "user": receipt.user,
        "files": receipt.files,
        "bytes": receipt.bytes,
        "stored_bytes": receipt.data.size,
        "zip_bytes": receipt.zip and receipt.zip.size,
        "read_back": receipt.verified,
        "problems": dict(receipt.problems),
    }


def _lines(event: str, receipts: Sequence[Receipt], complete: bool) -> Iterator[str]:
    for receipt in receipts:
        state = "read back" if receipt.verified else "not read back yet"
        yield f"{receipt.user}: {receipt.files} files, {receipt.data.size / 10**6:.1f} MB packed, {state}"
        for path, problem in receipt.first_problems:
            yield f"  {path!r}: {problem}"
        further = sum(receipt.problems.values()) - len(receipt.first_problems)
        if further > 0:
            yield f"  and {further} more, all in the manifest"
    yield f"{event}: {len(receipts)} homes archived; " + (
        "complete, every byte read back" if complete else "not complete"
    )


def write_links(context: EventContext, folder: Path | None, days: int, *, now: datetime) -> Outcome:
    """Write the list of links and a page for each participant into a new folder that only its owner can read.

    Anybody who has a link can download the files.

    Raises:
        PophubError: nothing is archived, AWS does not sign links for so many days, or the folder cannot be created.
    """
    made = links(archive_of(context), context.event, days=days)
    folder = folder or Path(f"{context.event}-links")
    users = [link.user for link in made]
    pages = dict(zip(users, file_names(users, "html"), strict=True))
    brand = brand_of_file(event_file(context.event))
    letter = about(context.event, _event(context.event), now + timedelta(days=days))
    files = {pages[link.user]: link_page(link, letter, brand) for link in made}
    write_private_folder(folder, {**files, LIST: as_csv(made, pages)})
    passing = context.aws.has_passing_credentials()
    text = (
        f"{len(made)} links for {days} days in {folder}/{LIST}, and a page for each participant beside it; nothing was sent\n"
        "whoever has a link or its page has the files; they run out, and the same command makes new ones"
    )
    if passing:
        text += "\nwarning: your AWS credentials end by themselves, and the links with them, perhaps within hours"
    facts = {"folder": str(folder), "list": str(folder / LIST), "links": len(made), "days": days}
    return Outcome({**facts, "end_with_credentials": passing}, text)


def _event(name: str) -> Event | None:
    """The event; None if its file is missing or not valid."""
    try:
        return load_event(event_file(name))
    except PophubError:
        return None


def restore_home(context: EventContext, user: str | None, to: Path | None) -> Outcome:
    """Restore one participant's home into an empty folder; every file is compared with its sha256.

    Raises:
        PophubError: no home of that name is archived, the folder is not empty, or the archive is damaged.
    """
    bucket = archive_of(context)
    archived = {receipt.user: receipt for receipt in receipts_on(bucket)}
    if user is None or user not in archived:
        who = ", ".join(sorted(archived)) or "nobody"
        raise PophubError(f"no home of {user or '?'} is archived for {context.event}", hint=f"archived: {who}")
    home = archived[user].place
    target = to or Path(f"{context.event}-{home.top}")
    try:
        count = restore(bucket, home, target)
    except OSError as error:
        raise PophubError(
            f"{error.filename or target}: {error.strerror}",
            hint="name a new folder with --to, on a disk with enough space and case-sensitive file names",
        ) from error
    facts = {"user": user, "folder": str(target), "entries": count}
    return Outcome(facts, f"{count} files and folders of {user} are in {target}, each as it was archived")
