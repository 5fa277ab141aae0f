"""The receipt of a home's archive: what lies on the shelf, that it was read back, and what could not be archived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pophub.aws.shelf import ShelfPrefix, Stored
from pophub.hub.archive.homes import ARCHIVE, FOLDER, SHARED, Home
from pophub.hub.archive.manifest import NO_CONTENT


@dataclass(frozen=True, slots=True)
class Receipt:
    """Of one home; `problems` counts what the manifest says in full, by what was wrong."""

    home: str
    user: str
    files: int
    bytes: int
    data: Stored
    manifest: Stored
    verified: bool = False
    problems: Mapping[str, int] = field(default_factory=dict)
    first_problems: tuple[tuple[str, str], ...] = ()
    # when it was packed, in UTC: the shelf counts the days of what lies there from then on
    at: str = ""
    account: bool = False
    # what it was put there with, which says for how many days the shelf keeps it
    tags: str = ""

    @property
    def place(self) -> Home:
        """Whose home this is, and where it lies."""
        return Home(self.home, account=self.account)

    @property
    def is_somebodys(self) -> bool:
        """Whether it is a participant's, and not what everybody shares."""
        return self.home != SHARED

    @property
    def losses(self) -> dict[str, int]:
        """Of the problems those by which content is missing or doubtful; a pipe has none that could be."""
        return {what: count for what, count in self.problems.items() if not what.endswith(NO_CONTENT)}

    def fits(self, there: Mapping[str, Stored]) -> bool:
        """Whether what lies on the shelf is still what this receipt is of."""
        home = self.place
        return there.get(home.data) == self.data and there.get(home.manifest) == self.manifest


def to_json(receipt: Receipt) -> dict[str, Any]:
    """As it lies on the shelf; names that are no UTF-8 are told as Python tells them."""
    return asdict(receipt)


def read_receipt(shelf: ShelfPrefix, home: Home) -> Receipt | None:
    """A home's receipt; None for what is none, or of another version of this code."""
    try:
        fields = shelf.get_json(home.receipt)
        data, manifest = (Stored(**fields.pop(name)) for name in ("data", "manifest"))
        problems = tuple((path, problem) for path, problem in fields.pop("first_problems"))
        return Receipt(data=data, manifest=manifest, first_problems=problems, **fields)
    except (ValueError, KeyError, TypeError):
        return None


def receipts_on(shelf: ShelfPrefix) -> list[Receipt]:
    """Every home that has been archived and of which all is still there."""
    there = shelf.list(FOLDER)
    folders = [key.removeprefix(FOLDER).removesuffix(".json") for key in there if key.endswith(".json")]
    receipts = (read_receipt(shelf, Home(folder)) for folder in folders)
    return [receipt for receipt in receipts if receipt is not None and receipt.fits(there)]


def is_verified(shelf: ShelfPrefix, receipts: Sequence[Receipt] | None = None) -> bool:
    """Whether an archive of all homes was finished, every sha256 of it read back, and nothing has changed since.

    Who has the `receipts` that lie there gives them, so that they are not read again.
    """
    archive = shelf.look_up(ARCHIVE)
    if archive is None:
        return False
    there = receipts_on(shelf) if receipts is None else receipts
    verified = {receipt.home: receipt.data.etag for receipt in there if receipt.verified}
    return bool(archive["complete"]) and all(verified.get(home) == etag for home, etag in archive["homes"].items())
