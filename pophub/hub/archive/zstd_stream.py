"""Compressed streams to the account bucket and back, with little memory: Zstandard, which today's tar programs read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import BufferedReader

import zstandard

from pophub.aws.bucket import BucketPrefix, Stored

LEVEL = 3
MIB = 2**20
# each thread takes some MiB, and a few of them already produce more than the upload can take
MOST_THREADS = 4


class Compressed:
    """An object that is compressed while it is written; it exists after `close`."""

    def __init__(self, bucket: BucketPrefix, key: str, *, threads: int = 0) -> None:
        parameters = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, threads=threads, job_size=2 * MIB if threads else 0, write_checksum=True
        )
        compressor = zstandard.ZstdCompressor(compression_params=parameters)
        self._upload = bucket.upload(key)
        self._stream = compressor.stream_writer(self._upload, closefd=False)  # type: ignore[arg-type]
        self.write = self._stream.write

    def close(self) -> Stored:
        """Finish the object."""
        self._stream.flush(zstandard.FLUSH_FRAME)
        return self._upload.close()

    def abort(self) -> None:
        """Leave nothing in the bucket, if the object is not finished."""
        self._upload.abort()


def threads_here() -> int:
    """As many threads as processors: the reading thread leaves its own processor idle while it waits for the bucket."""
    return min(MOST_THREADS, os.cpu_count() or 1)


class Stream:
    """Chunks as a file that can only be read forward."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """The next `size` bytes, or what is left."""
        parts, missing = [self._rest], size - len(self._rest)
        while missing > 0 and (chunk := next(self._chunks, None)) is not None:
            parts.append(chunk)
            missing -= len(chunk)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]


def decompressed(chunks: Iterable[bytes]) -> BufferedReader:
    """The content of a compressed stream; reading a damaged one raises zstandard.ZstdError."""
    reader = zstandard.ZstdDecompressor().stream_reader(Stream(chunks), read_size=MIB)  # type: ignore[arg-type]
    return BufferedReader(reader, MIB)
