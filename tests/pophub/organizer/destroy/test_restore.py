"""A home comes back as it was, into its own folder and nowhere else."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pophub.aws.bucket import BucketPrefix
from pophub.core.errors import PophubError
from pophub.hub.archive.archive import archive
from pophub.hub.archive.homes import Home
from pophub.hub.archive.manifest import Line
from pophub.hub.archive.read_back import Damaged
from pophub.hub.archive.walk import FOLDER
from pophub.organizer.destroy.restore import Writer, restore
from tests.pophub.organizer.destroy.tree import odd_home, state
from tests.pophub.planted import NOW

FILE = Line("name", "file", 0o644, 1, 1, 1)


def test_all_of_a_home_comes_back_bit_for_bit(bucket: BucketPrefix, tmp_path: Path) -> None:
    odd_home(tmp_path / "homes" / "carol-2dx")
    archive(bucket, tmp_path / "homes", now=NOW)
    count = restore(bucket, Home("carol-2dx"), tmp_path / "back")
    before, after = state(tmp_path / "homes" / "carol-2dx"), state(tmp_path / "back")

    assert after == before
    assert count == len(before) > 30
    assert (tmp_path / "back" / "sparse").stat().st_blocks * 512 < 2**20, "the holes are holes again"


def test_nothing_is_written_over(bucket: BucketPrefix, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(PophubError, match="is not empty"):
        restore(bucket, Home("ada"), tmp_path)


@pytest.mark.parametrize("path", ["../out", "/etc/x", "a/../../out", ""])
def test_a_name_that_leads_out_is_refused(tmp_path: Path, path: str) -> None:
    folder = os.open(tmp_path, FOLDER)
    with pytest.raises(Damaged, match="leads out of the home"):
        Writer(folder).keep(replace(FILE, path=path), iter([(0, b"x")]))
    os.close(folder)


def test_no_link_of_the_archive_is_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "home").mkdir()
    folder = os.open(tmp_path / "home", FOLDER)
    writer = Writer(folder)
    writer.keep(replace(FILE, path="way", kind="symlink", target="../outside", size=0), iter(()))
    with pytest.raises(OSError, match="Not a directory"):
        writer.keep(replace(FILE, path="way/file"), iter([(0, b"x")]))
    with pytest.raises(FileExistsError):
        writer.keep(replace(FILE, path="way"), iter([(0, b"x")]))
    os.close(folder)

    assert list((tmp_path / "outside").iterdir()) == []


def test_nobody_becomes_somebody_else_by_a_restored_program(tmp_path: Path) -> None:
    folder = os.open(tmp_path, FOLDER)
    Writer(folder).keep(replace(FILE, mode=0o6755), iter([(0, b"x")]))
    os.close(folder)

    assert (tmp_path / "name").stat().st_mode & 0o7777 == 0o755
