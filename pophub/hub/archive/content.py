"""A file's content as it is read for the archive: small files at once, large files in chunks and without holes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from pophub.hub.archive.manifest import Extents

CHUNK_BYTES = 2**20
# a file up to this size is read at once, so that it can be read again if it changes in between
SMALL_BYTES = 2**20
ATTEMPTS = 3
OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# shorter holes are stored as zeros; a file with more extents than this has its longer holes stored too
SHORTEST_HOLE_BYTES = 64 * 1024
MOST_EXTENTS = 20_000


def same(one: os.stat_result, other: os.stat_result) -> bool:
    """Whether a file was unchanged between two looks."""
    return (one.st_size, one.st_mtime_ns, one.st_ctime_ns) == (other.st_size, other.st_mtime_ns, other.st_ctime_ns)


def read_whole(file: int) -> tuple[bytes, os.stat_result, bool]:
    """A small file's bytes and status, and whether it was unchanged while it was read, in one of three attempts."""
    content, before, still = b"", os.fstat(file), False
    for _ in range(ATTEMPTS):
        content = os.pread(file, before.st_size, 0)
        after = os.fstat(file)
        still = same(before, after) and len(content) == before.st_size
        if still:
            break
        before = after
        if before.st_size > SMALL_BYTES:
            break
    return content, before, still


def read_chunks(file: int, offset: int, length: int) -> Iterator[bytes]:
    """Exactly `length` bytes; zeros from where the file has become too short.

    Raises:
        OSError: the file cannot be read.
    """
    while length > 0:
        chunk = os.pread(file, min(length, CHUNK_BYTES), offset)
        if not chunk:
            chunk = bytes(min(length, CHUNK_BYTES))
        yield chunk
        offset += len(chunk)
        length -= len(chunk)


def extents_of(file: int, status: os.stat_result) -> Extents | None:
    """Where a file has data; None if it has no holes that are worth leaving out."""
    if status.st_blocks * 512 >= status.st_size:
        return None
    shortest = SHORTEST_HOLE_BYTES
    while True:
        found = _extents(file, status.st_size, shortest)
        if len(found) <= MOST_EXTENTS:
            break
        shortest *= 4
    return None if found == ((0, status.st_size),) else found


def _extents(file: int, size: int, shortest_hole: int) -> Extents:
    found: list[tuple[int, int]] = []
    position = 0
    while position < size:
        try:
            start = os.lseek(file, position, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            break
        end = min(os.lseek(file, start, os.SEEK_HOLE), size)
        if found and start - sum(found[-1]) < shortest_hole:
            found[-1] = (found[-1][0], end - found[-1][0])
        else:
            found.append((start, end - start))
        if len(found) > MOST_EXTENTS:
            break
        position = end
    return tuple(found)
