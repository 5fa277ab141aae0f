"""Read an archive back from the account bucket and compare every byte with its manifest; a keeper may store it.

The reader is Python's own tarfile and not the code that wrote the archive: so other programs can read it too.
"""

from __future__ import annotations

import hashlib
import itertools
import tarfile
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import zstandard

from pophub.core.errors import ExitCode, PophubError
from pophub.hub.archive.manifest import HARD_LINK, Extents, Line, read_lines
from pophub.hub.archive.tar_header import TYPES
from pophub.hub.archive.zstd_stream import decompressed

CHUNK_BYTES = 2**20
# tarfile keeps every member that it has read in memory
FORGET_AFTER = 1000


class Hash(Protocol):
    """The part of hashlib's objects that is used here."""

    def update(self, content: bytes, /) -> None: ...


class Damaged(PophubError):
    """The archive differs from what was archived."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the archive is damaged or incomplete: {what}", hint="archive again", code=ExitCode.REFUSED)


class Keeper(Protocol):
    """What to do with each entry; a file's content comes in pieces, each with its position in the file."""

    def keep(self, line: Line, pieces: Iterator[tuple[int, bytes]]) -> None: ...


class Nobody:
    """A keeper that reads everything and keeps nothing."""

    def keep(self, line: Line, pieces: Iterator[tuple[int, bytes]]) -> None:
        for _ in pieces:
            pass


def read_back(data: Iterable[bytes], manifest: Iterable[bytes], top: str, keeper: Keeper) -> int:
    """Read a whole archive; returns how many entries of the manifest it contains.

    Raises:
        Damaged: something is damaged, missing, or too much.
    """
    lines = (line for line in read_lines(decompressed(manifest)) if line.stored)
    count = 0
    try:
        with tarfile.open(
            fileobj=decompressed(data),
            mode="r|",
            bufsize=CHUNK_BYTES,
            encoding="utf-8",
            errors="surrogateescape",
        ) as tar:
            for member, line in itertools.zip_longest(tar, lines):
                _compare(tar, member, line, top, keeper)
                count += 1
                if count % FORGET_AFTER == 0:
                    tar.members.clear()  # type: ignore[attr-defined]
    except (tarfile.TarError, zstandard.ZstdError, EOFError) as error:
        raise Damaged(f"after {count} files and folders: {error}") from error
    return count


def _compare(tar: tarfile.TarFile, member: tarfile.TarInfo | None, line: Line | None, top: str, keeper: Keeper) -> None:
    if member is None or line is None:
        raise Damaged("archive and manifest do not hold the same number of files and folders")
    target = f"{top}/{line.target}" if line.kind == HARD_LINK else line.target
    # tarfile gives files with holes another type
    kind = tarfile.REGTYPE if member.isreg() else member.type
    if (member.name, kind, member.linkname) != (f"{top}/{line.path}".rstrip("/"), TYPES[line.kind], target):
        raise Damaged(f"{line.path!r} is {member.name!r} in the archive")
    if line.kind != "file":
        keeper.keep(line, iter(()))
        return
    if member.size != line.size or _map(member) != line.extents:
        raise Damaged(f"{line.path!r} has {member.size} bytes and not {line.size}, or other holes")
    digest = hashlib.sha256()
    keeper.keep(line, _pieces(tar, member, line, digest))
    if digest.hexdigest() != line.sha256:
        raise Damaged(f"{line.path!r} has another sha256 than when it was archived")


def _map(member: tarfile.TarInfo) -> Extents | None:
    extents: Any = member.sparse
    return None if extents is None else tuple(extent for extent in extents if extent[1])


def _pieces(tar: tarfile.TarFile, member: tarfile.TarInfo, line: Line, digest: Hash) -> Iterator[tuple[int, bytes]]:
    """The stored parts of a file; extractfile() would fill each hole with zeros."""
    stored: Any = tar.fileobj
    stored.seek(member.offset_data)
    for start, length in line.extents if line.extents is not None else ((0, line.size),):
        position = start
        while position < start + length:
            piece = stored.read(min(CHUNK_BYTES, start + length - position))
            if not piece:
                raise Damaged(f"{line.path!r} ends too early")
            digest.update(piece)
            yield position, piece
            position += len(piece)
