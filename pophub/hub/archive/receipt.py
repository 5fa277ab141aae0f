"""The receipt of a home's archive: what is in the account bucket, whether it was read back, and what is not archived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pophub.aws.bucket import BucketPrefix, Stored
from pophub.hub.archive.homes import ARCHIVE, FOLDER, SHARED, Home
from pophub.hub.archive.manifest import NO_CONTENT


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of one home; `problems` counts the manifest's problems by kind."""

    home: str
    user: str
    files: int
    bytes: int
    data: Stored
    manifest: Stored
    verified: bool = False
    problems: Mapping[str, int] = field(default_factory=dict)
    first_problems: tuple[tuple[str, str], ...] = ()
    # when it was packed, in UTC: S3 counts the objects' days from about then
    at: str = ""
    account: bool = False
    # the tags of its objects, which say how many days S3 keeps them
    tags: str = ""
    # a small home's second copy; earlier receipts have none
    zip: Stored | None = None

    @property
    def place(self) -> Home:
        """Whose home this is, and its keys."""
        return Home(self.home, account=self.account)

    @property
    def is_somebodys(self) -> bool:
        """Whether it is a participant's home and not the shared data."""
        return self.home != SHARED

    @property
    def losses(self) -> dict[str, int]:
        """The problems with missing or doubtful content; a pipe, for example, has no content to lose."""
        return {what: count for what, count in self.problems.items() if not what.endswith(NO_CONTENT)}

    def fits(self, there: Mapping[str, Stored]) -> bool:
        """Whether the objects in the bucket are still those of this receipt."""
        home = self.place
        whole = there.get(home.data) == self.data and there.get(home.manifest) == self.manifest
        return whole and (self.zip is None or there.get(home.zip) == self.zip)


def to_json(receipt: Receipt) -> dict[str, Any]:
    """The receipt as JSON data; names that are not UTF-8 are written with surrogates."""
    return asdict(receipt)


def read_receipt(bucket: BucketPrefix, home: Home) -> Receipt | None:
    """A home's receipt; None if it is missing or has another form."""
    try:
        fields = bucket.get_json(home.receipt)
        data, manifest = (Stored(**fields.pop(name)) for name in ("data", "manifest"))
        problems = tuple((path, problem) for path, problem in fields.pop("first_problems"))
        zipped = fields.pop("zip", None)
        second = Stored(**zipped) if zipped else None
        return Receipt(data=data, manifest=manifest, first_problems=problems, zip=second, **fields)
    except (ValueError, KeyError, TypeError):
        return None


def receipts_on(bucket: BucketPrefix) -> list[Receipt]:
    """The receipts of all homes whose archived objects are still complete."""
    there = bucket.list(FOLDER)
    folders = [key.removeprefix(FOLDER).removesuffix(".json") for key in there if key.endswith(".json")]
    receipts = (read_receipt(bucket, Home(folder)) for folder in folders)
    return [receipt for receipt in receipts if receipt is not None and receipt.fits(there)]


def is_verified(bucket: BucketPrefix, receipts: Sequence[Receipt] | None = None) -> bool:
    """Whether an archive of all homes was finished, read back completely, and is unchanged since.

    `receipts` are those in the bucket, if the caller has read them already.
    """
    archive = bucket.look_up(ARCHIVE)
    if archive is None:
        return False
    there = receipts_on(bucket) if receipts is None else receipts
    verified = {receipt.home: receipt.data.etag for receipt in there if receipt.verified}
    return bool(archive["complete"]) and all(verified.get(home) == etag for home, etag in archive["homes"].items())
