"""What is compressed into the bucket comes back, in one piece or in parts; what is broken off is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tracemalloc
from functools import partial

import pytest
import zstandard

from pophub.aws.bucket import BucketPrefix
from pophub.hub.archive.zstd_stream import Compressed, Stream, decompressed, threads_here

MIB = 2**20


@pytest.mark.parametrize(("size", "threads"), [(0, 0), (10, 1), (3 * MIB, 0), (20 * MIB, 1)])
def test_what_goes_in_comes_out(bucket: BucketPrefix, size: int, threads: int) -> None:
    content = os.urandom(size)
    stream = Compressed(bucket, "x", threads=threads)
    for start in range(0, size, 300_000):
        stream.write(content[start : start + 300_000])
    stored = stream.close()

    assert decompressed(bucket.read("x")).read() == content
    assert bucket.list() == {"x": stored}


@pytest.mark.skipif(not shutil.which("zstd"), reason="the zstd program is not installed (apt-get install zstd)")
def test_the_zstd_program_reads_it(bucket: BucketPrefix) -> None:
    stream = Compressed(bucket, "x")
    stream.write(b"hello" * 1000)
    stream.close()
    told = subprocess.run(["zstd", "-dc"], input=b"".join(bucket.read("x")), capture_output=True, check=True)

    assert told.stdout == b"hello" * 1000


def test_what_is_broken_off_is_not_there(bucket: BucketPrefix) -> None:
    stream = Compressed(bucket, "x", threads=1)
    for _ in range(20):
        stream.write(os.urandom(MIB))
    stream.abort()

    assert bucket.list() == {}


def test_damage_is_noticed(bucket: BucketPrefix) -> None:
    stream = Compressed(bucket, "x")
    stream.write(b"hello" * 100_000)
    stream.close()
    packed = bytearray(b"".join(bucket.read("x")))
    packed[len(packed) // 2] ^= 1
    with pytest.raises(zstandard.ZstdError):
        decompressed([bytes(packed)]).read()


def test_as_many_threads_as_processors_up_to_what_the_bucket_can_take(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    for count in (None, 1, 2, 4, 64):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        counted.append(threads_here())

    assert counted == [1, 1, 2, 4, 4]


def test_a_stream_gives_what_is_asked_for() -> None:
    stream = Stream([b"abc", b"", b"defg"])

    assert [stream.read(2), stream.read(4), stream.read(9), stream.read(1)] == [b"ab", b"cdef", b"g", b""]


def test_a_chunk_that_holds_much_is_never_in_memory_whole() -> None:
    packed = zstandard.ZstdCompressor().compress(bytes(64 * MIB))
    tracemalloc.start()
    content = decompressed([packed])
    size = sum(map(len, iter(partial(content.read, MIB), b"")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(packed) < 10_000
    assert (size, peak < 8 * MIB) == (64 * MIB, True)
