"""A time-limited link to each participant's archive, as a list to publish or mail. It sends nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pophub.aws.bucket import LONGEST_LINK_DAYS, BucketPrefix
from pophub.core.errors import PophubError
from pophub.hub.archive.receipt import Receipt, receipts_on


@dataclass(frozen=True, slots=True)
class Link:
    """The address from which anybody who has it can download one participant's archive."""

    user: str
    address: str
    stored_bytes: int
    files: int
    problems: int
    # the name of the downloaded file, and of the one folder in it
    file_name: str
    top: str
    # a small home's second copy: where it is, and how many bytes it has
    zip_address: str = ""
    zip_name: str = ""
    zip_bytes: int = 0


def links(bucket: BucketPrefix, event: str, *, days: int) -> list[Link]:
    """One link for each participant whose home is archived.

    Raises:
        PophubError: nothing is archived, or AWS does not sign links for so many days.
    """
    if not 1 <= days <= LONGEST_LINK_DAYS:
        raise PophubError(
            f"AWS signs a link for 1 to {LONGEST_LINK_DAYS} days, not {days}",
            hint="give fewer days, and make the links again when they have run out",
        )
    receipts = [receipt for receipt in receipts_on(bucket) if receipt.is_somebodys]
    if not receipts:
        raise PophubError(f"nothing of {event} is archived", hint=f"pophub archive {event} --show")
    return [_link(bucket, event, receipt, days) for receipt in receipts]


def _link(bucket: BucketPrefix, event: str, receipt: Receipt, days: int) -> Link:
    home = receipt.place
    file_name = f"{event}-{home.top}.tar.zst"
    address = bucket.link(home.data, days=days, file_name=file_name)
    problems = sum(receipt.problems.values())
    link = Link(receipt.user, address, receipt.data.size, receipt.files, problems, file_name, home.top)
    if receipt.zip is None:
        return link
    zip_name = f"{event}-{home.top}.zip"
    zip_address = bucket.link(home.zip, days=days, file_name=zip_name)
    return replace(link, zip_address=zip_address, zip_name=zip_name, zip_bytes=receipt.zip.size)


def as_csv(found: Iterable[Link], pages: Mapping[str, str]) -> str:
    """A table for a mail merge, with the name of each participant's page."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["participant", "link", "megabytes", "files", "problems", "page", "zip"])
    for link in found:
        size = f"{link.stored_bytes / 10**6:.1f}"
        table.writerow([link.user, link.address, size, link.files, link.problems, pages[link.user], link.zip_address])
    return text.getvalue()
