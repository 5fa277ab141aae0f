"""Copy every home to the account bucket: packed as a stream, read back, with a receipt for each.

An interrupted run continues.

It runs on the hub's machine, where the homes are. It needs no free disk space and little memory.
"""

from __future__ import annotations

import errno
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import AwsRefusal
from pophub.core.errors import PophubError
from pophub.hub.archive.home_zip import is_small, write_zip
from pophub.hub.archive.homes import ARCHIVE, SHARED, Home, homes_in
from pophub.hub.archive.manifest import read_lines
from pophub.hub.archive.pack import Packer
from pophub.hub.archive.read_back import Damaged, Keeper, Nobody, read_back
from pophub.hub.archive.receipt import Receipt, read_receipt, to_json
from pophub.hub.archive.walk import FOLDER, Found, problem_of, room_for_depth, walk
from pophub.hub.archive.zstd_stream import Compressed, decompressed, threads_here


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the archive is: `done` of `homes`, and what was just done with one of them."""

    done: int
    homes: int
    user: str
    what: str


@dataclass(frozen=True, slots=True)
class Archived:
    """The result: a receipt for each home, or the reason why there is none."""

    receipts: tuple[Receipt, ...]
    failed: tuple[tuple[str, str], ...]

    @property
    def is_complete(self) -> bool:
        """Whether every home is in the account bucket and was read back."""
        return not self.failed and all(receipt.verified for receipt in self.receipts)


Talk = Callable[[Progress], None]


def archive(
    bucket: BucketPrefix,
    homes: Path,
    talk: Talk = lambda progress: None,
    *,
    now: datetime,
    also: Mapping[Home, Path] = MappingProxyType({}),
    accounts: bool = False,
    checked: bool = True,
    not_before: datetime | None = None,
) -> Archived:
    """Archive every home in a folder unless its present state is archived already.

    Without `checked`, reading back is left for later.

    `also` are further folders that are archived like homes. With `not_before`, an archive that is older than this
    moment is made again, because S3 counts its days from its creation.

    Raises:
        PophubError: the account bucket cannot be used, or two folders have the same name in it.
    """
    run = Run(bucket, now, checked=checked, not_before=not_before)
    all_homes = [(home, homes / home.folder) for home in homes_in(homes, accounts=accounts)]
    all_homes += also.items()
    _require_a_place_for_each([home for home, _ in all_homes])
    receipts: list[Receipt] = []
    failed: list[tuple[str, str]] = []
    with room_for_depth():
        for done, (home, path) in enumerate(all_homes):
            try:
                receipt, what = run.one(home, path)
                receipts.append(receipt)
            except Exception as error:
                what = f"not archived: {_reason(error)}"
                failed.append((home.user, what))
            talk(Progress(done + 1, len(all_homes), home.user, what))
    result = Archived(tuple(receipts), tuple(failed))
    etags = {receipt.home: receipt.data.etag for receipt in receipts}
    bucket.put_json(ARCHIVE, {"complete": result.is_complete, "homes": etags, "failed": failed})
    return result


def _reason(error: Exception) -> str:
    if isinstance(error, PophubError):
        return error.sentence
    if isinstance(error, OSError):
        return problem_of(error)
    traceback.print_exception(error)
    return f"an error of pophub's own: {type(error).__name__}: {error}"


def _require_a_place_for_each(homes: Sequence[Home]) -> None:
    twice = [folder for folder, count in Counter(home.folder for home in homes).items() if count > 1]
    if twice:
        raise PophubError(
            f"two folders would have one place in the archive: {', '.join(twice)}",
            hint=f"on the machine: give the home another name than {SHARED}, which is everybody's data; then this again",
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One run that archives all homes."""

    bucket: BucketPrefix
    now: datetime
    checked: bool
    not_before: datetime | None

    def one(self, home: Home, path: Path) -> tuple[Receipt, str]:
        """One home's receipt, and what was done for it."""
        if path.is_symlink():
            raise NotADirectoryError(errno.ENOTDIR, f"it is a link to {path.readlink()}; move that folder here")
        folder = os.open(path, FOLDER)
        try:
            before = self._receipt_of_unchanged(home, folder)
            if before is not None and (before.verified or not self.checked):
                return before, "as before"
            if before is not None:
                with suppress(Damaged):
                    return verify(self.bucket, before), "as before, read back"
            receipt = pack(self.bucket, home, folder, now=self.now)
            return (verify(self.bucket, receipt), "archived, read back") if self.checked else (receipt, "archived")
        finally:
            os.close(folder)

    def _receipt_of_unchanged(self, home: Home, folder: int) -> Receipt | None:
        """The receipt of an earlier run, if its objects are complete and recent enough and the home has not changed."""
        there = self.bucket.list(home.data.removesuffix("tar.zst"))
        if home.receipt not in there:
            return None
        receipt = read_receipt(self.bucket, home)
        if receipt is None or receipt.place != home or not receipt.fits(there) or not self._is_kept(receipt):
            return None
        try:
            return receipt if _is_unchanged(self.bucket, home, folder) else None
        except PophubError:
            # make it again if the old one cannot be read
            return None

    def _is_kept(self, receipt: Receipt) -> bool:
        """Whether S3 keeps it for the requested number of days, counted from a recent enough moment."""
        if receipt.tags != self.bucket.tags:
            return False
        return self.not_before is None or (bool(receipt.at) and datetime.fromisoformat(receipt.at) >= self.not_before)


def _is_unchanged(bucket: BucketPrefix, home: Home, folder: int) -> bool:
    lines = read_lines(decompressed(bucket.read(home.manifest)))
    for found in walk(folder):
        line = next(lines, None)
        if line is None or not isinstance(found, Found) or line.path != found.path:
            return False
        # an entry without content has none now either; one that could not be read then may be readable now
        doubtful = line.problem and line.kind in ("file", "folder", "symlink")
        if doubtful or not line.looks_like(found.status):
            return False
    return next(lines, None) is None


def pack(bucket: BucketPrefix, home: Home, folder: int, *, now: datetime) -> Receipt:
    """Pack one home into the account bucket. The receipt comes last, so that an incomplete archive has none."""
    with _compressed(bucket, home.data, threads_here()) as data, _compressed(bucket, home.manifest, 0) as manifest:
        packed = Packer(home.top, data.write, manifest.write).pack(folder)
        receipt = Receipt(
            home.folder,
            home.user,
            packed.files,
            packed.bytes,
            data.close(),
            manifest.close(),
            problems=dict(packed.problems),
            first_problems=tuple(packed.first_problems),
            at=now.isoformat(timespec="seconds"),
            account=home.account,
            tags=bucket.tags,
        )
    bucket.put_json(home.receipt, to_json(receipt))
    return receipt


def verify(bucket: BucketPrefix, receipt: Receipt) -> Receipt:
    """Read every byte of a home's archive back and record it in the receipt; a small home also gets a zip.

    Raises:
        PophubError: it differs from what was archived.
    """
    home = receipt.place

    def read(keeper: Keeper) -> int:
        return read_back(bucket.read(home.data), bucket.read(home.manifest), home.top, keeper)

    zipped = write_zip(bucket, home, read) if is_small(receipt) else None
    if zipped is None:
        read(Nobody())
    verified = replace(receipt, verified=True, zip=zipped)
    bucket.put_json(home.receipt, to_json(verified))
    return verified


@contextmanager
def _compressed(bucket: BucketPrefix, key: str, threads: int) -> Iterator[Compressed]:
    """A stream that leaves nothing incomplete after an error; if that fails too, the bucket's lifecycle rules clean up."""
    stream = Compressed(bucket, key, threads=threads)
    try:
        yield stream
    except BaseException:
        with suppress(AwsRefusal):
            stream.abort()
        raise
