"""Compressed streams onto the shelf and back, with little memory: Zstandard, which everybody's tar reads today."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import zstandard

from pophub.aws.shelf import ShelfPrefix, Stored

LEVEL = 3
MIB = 2**20
# a thread takes some MiB, and the shelf cannot take more than a few can give
MOST_THREADS = 4


class Compressed:
    """An object that is written as it is compressed; closed, it is there."""

    def __init__(self, shelf: ShelfPrefix, key: str, *, threads: int = 0) -> None:
        parameters = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, threads=threads, job_size=2 * MIB if threads else 0, write_checksum=True
        )
        self._compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        self._upload = shelf.upload(key)
        self._pending: list[bytes] = []
        self._pending_bytes = 0

    def write(self, content: bytes) -> None:
        """Take some more; small pieces are gathered first."""
        self._pending.append(content)
        self._pending_bytes += len(content)
        if self._pending_bytes >= MIB:
            self._compress()

    def _compress(self) -> None:
        self._upload.write(self._compressor.compress(b"".join(self._pending)))
        self._pending, self._pending_bytes = [], 0

    def close(self) -> Stored:
        """Make it an object."""
        self._compress()
        self._upload.write(self._compressor.flush())
        return self._upload.close()

    def abort(self) -> None:
        """Leave nothing, where it is not an object yet."""
        self._upload.abort()


def threads_here() -> int:
    """As many as there are processors: the reading leaves its own idle while it waits for the shelf."""
    return min(MOST_THREADS, os.cpu_count() or 1)


class Stream:
    """Chunks as a file that can only be read on."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """So many bytes, or what is left."""
        parts, missing = [self._rest], size - len(self._rest)
        while missing > 0 and (chunk := next(self._chunks, None)) is not None:
            parts.append(chunk)
            missing -= len(chunk)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]


def decompressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a compressed stream, in small pieces even where a chunk holds gigabytes of zeros.

    Raises:
        zstandard.ZstdError: it is damaged.
    """
    yield from zstandard.ZstdDecompressor().read_to_iter(Stream(chunks), read_size=MIB)  # type: ignore[arg-type]
