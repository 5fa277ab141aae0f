"""A second copy of a small home as a zip, which every computer opens by itself: Windows 10 knows no .tar.zst.

It is written while the archive is read back, from the bytes that are compared with the manifest. Names in it are valid on
Windows, and links are left out, because programs treat them differently: a list in the zip says what was changed.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pophub.aws.bucket import MIB, BucketPrefix, Stored
from pophub.aws.client import AwsRefusal
from pophub.hub.archive.homes import Home
from pophub.hub.archive.manifest import Line
from pophub.hub.archive.read_back import Damaged, Keeper
from pophub.hub.archive.receipt import Receipt

# the zips of 60 such homes cost 0.30 USD a month (S3's 0.023 USD a GB)
LARGEST_BYTES = 200 * MIB
# zipfile keeps about 1 kB of each entry in memory
MOST_ENTRIES = 20_000
CHANGES = "CHANGED IN THIS ZIP.txt"
# what a zip can write: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.4.6
FIRST, LAST = datetime(1980, 1, 1, tzinfo=UTC).timestamp(), datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC).timestamp()
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]|[. ](?=[. ]*$)')
DEVICE = re.compile(r"(?i:con|prn|aux|nul|(com|lpt)[0-9¹²³]) *(\..*)?")


def is_small(receipt: Receipt) -> bool:
    """Whether this home gets a zip; the shared data are nobody's to take along, and Windows opens no empty one."""
    return receipt.is_somebodys and receipt.bytes <= LARGEST_BYTES and 0 < receipt.files <= MOST_ENTRIES


def write_zip(bucket: BucketPrefix, home: Home, read: Callable[[Keeper], object]) -> Stored | None:
    """Put the zip of a home into the bucket; `read` reads the home's archive into a keeper. None if it has too many folders.

    Raises:
        Damaged: the zip in the bucket is not what was sent.
    """
    upload = bucket.upload(home.zip)
    keeper = ZipKeeper(upload.write, home.top)
    try:
        read(keeper)
        if not keeper.finish():
            upload.abort()
            return None
        stored = upload.close()
    except BaseException:
        with suppress(AwsRefusal):
            upload.abort()
        raise
    back = hashlib.sha256()
    for chunk in bucket.read(home.zip):
        back.update(chunk)
    if back.digest() != keeper.sha256:
        raise Damaged("its zip has another sha256 than when it was written")
    return stored


class ZipKeeper:
    """Writes each entry of a home into a zip that is never read or sought in; `write` receives its bytes."""

    def __init__(self, write: Callable[[bytes], object], top: str) -> None:
        self._write, self._sha256 = write, hashlib.sha256()
        self._zip = ZipFile(_Forward(self._send), "w", ZIP_DEFLATED)  # type: ignore[call-overload]
        self._folders = {"": top}
        self._used = {top.casefold()}
        self._changes: list[str] = []

    @property
    def sha256(self) -> bytes:
        """The hash of all that was written."""
        return self._sha256.digest()

    def keep(self, line: Line, pieces: Iterator[tuple[int, bytes]]) -> None:
        """Write a file or a folder, and note a link."""
        if self._is_full:
            for _ in pieces:
                pass
        elif line.kind == "file":
            self._file(line, pieces)
        elif line.kind == "folder":
            name = self._folders[line.path] = self._name(line.path)
            self._zip.writestr(_info(f"{name}/", line), b"")
        else:
            self._changes.append(f"left out: {line.path}, a link to {line.target}")

    def finish(self) -> bool:
        """Write the list of changes and the zip's end; False if not everything is in it."""
        if self._is_full:
            return False
        if self._changes:
            text = "\r\n".join(self._changes) + "\r\n"
            self._zip.writestr(self._name(CHANGES), text.encode("utf-8", "replace"))
        self._zip.close()
        return True

    @property
    def _is_full(self) -> bool:
        return len(self._used) + len(self._changes) > MOST_ENTRIES

    def _file(self, line: Line, pieces: Iterator[tuple[int, bytes]]) -> None:
        with self._zip.open(_info(self._name(line.path), line), "w") as member:
            done = 0
            for position, piece in pieces:
                _zeros(member.write, position - done)
                member.write(piece)
                done = position + len(piece)
            _zeros(member.write, line.size - done)

    def _name(self, path: str) -> str:
        """The name in the zip; no two differ only in upper and lower case."""
        if not path:
            return self._folders[""]
        parent, _, last = path.rpartition("/")
        fitting = fit(last)
        name, number = f"{self._folders[parent]}/{fitting}", 1
        while name.casefold() in self._used:
            number += 1
            stem, dot, ending = fitting.rpartition(".")
            numbered = f"{stem} ({number}).{ending}" if dot and stem else f"{fitting} ({number})"
            name = f"{self._folders[parent]}/{numbered}"
        self._used.add(name.casefold())
        if not name.endswith(f"/{last}"):
            self._changes.append(f"{path} has another name here: {name}")
        return name

    def _send(self, content: bytes) -> None:
        self._sha256.update(content)
        self._write(content)


class _Forward:
    """A file that can only be written; zipfile then puts each entry's size behind it."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def write(self, content: bytes) -> int:
        self._write(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing waits."""


def fit(name: str) -> str:
    """A name that is valid on Windows, and on every other system."""
    valid = FORBIDDEN.sub("_", name.encode("utf-8", "replace").decode())
    return f"_{valid}" if DEVICE.fullmatch(valid) else valid


def _info(name: str, line: Line) -> ZipInfo:
    moment = datetime.fromtimestamp(min(max(line.mtime_ns / 10**9, FIRST), LAST), UTC)
    info = ZipInfo(name, moment.timetuple()[:6])
    info.compress_type = ZIP_DEFLATED
    kind, rights = (stat.S_IFDIR, 0o755) if line.kind == "folder" else (stat.S_IFREG, 0o644 | line.mode & 0o111)
    info.external_attr = (kind | rights) << 16 | (0x10 if line.kind == "folder" else 0)
    return info


def _zeros(write: Callable[[bytes], object], count: int) -> None:
    """A hole of the file."""
    while count > 0:
        write(bytes(min(count, MIB)))
        count -= MIB
