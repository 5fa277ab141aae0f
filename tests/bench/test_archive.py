"""The bench of the archive: the same homes each time, both ways, and ours is whole when it was read back."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from bench.archive import HOMES, make_homes, measure


@pytest.mark.skipif(not shutil.which("zstd"), reason="the zstd program is not installed (apt-get install zstd)")
def test_both_ways_are_measured_on_the_same_homes(tmp_path: Path) -> None:
    said: list[str] = []
    [figures] = measure(tmp_path, said.append, files=120, gib=0.002)

    assert [row[0] for row in figures.rows] == ["tar | zstd", "archive", "read back"]
    assert figures.title == "the archive of 0.002 GiB in 120 files and 60 homes"
    assert all(float(value) > 0 for row in figures.rows[1:] for value in row[1:])
    assert said[1:] == ["tar", "tar | zstd", "archive", "read back"]
    assert len(list((tmp_path / "bucket").glob("*.tar.zst"))) == HOMES
    assert '"complete": true' in (tmp_path / "bucket" / "archive%2Fbench%2Farchive.json" / "00001").read_text()


def test_the_homes_are_the_same_each_time(tmp_path: Path) -> None:
    sums = []
    for number in range(2):
        make_homes(tmp_path / str(number), files=120, bytes_=2**20)
        files = sorted((tmp_path / str(number)).rglob("*.dat"))
        sums.append(hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest())

    assert sums[0] == sums[1]
