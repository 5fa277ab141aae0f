"""A walk through a home sees everything once, leaves it by no link, and goes on where something cannot be read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pophub.hub.archive.walk import FOLDER, LONGEST_PATH_BYTES, Found, Unreadable, problem_of, room_for_depth, walk
from tests.pophub.organizer.destroy.tree import ODD_NAMES, odd_home, state


@pytest.fixture
def home(tmp_path: Path) -> Iterator[int]:
    folder = os.open(odd_home(tmp_path / "home"), FOLDER)
    yield folder
    os.close(folder)


def test_everything_is_seen_once_and_folders_come_first(home: int, tmp_path: Path) -> None:
    paths = [found.path for found in walk(home)]

    assert sorted(paths) == sorted(state(tmp_path / "home"))
    assert all(paths.index(str(Path(path).parent)) < at for at, path in enumerate(paths) if "/" in path)
    assert {os.fsdecode(name) for name in ODD_NAMES} < set(paths)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").touch()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "way-out").symlink_to("../outside")
    folder = os.open(tmp_path / "home", FOLDER)

    assert [found.path for found in walk(folder)] == ["way-out"]
    os.close(folder)


def test_a_folder_that_becomes_a_link_meanwhile_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").touch()
    (tmp_path / "home" / "trap").mkdir(parents=True)
    folder = os.open(tmp_path / "home", FOLDER)
    steps = walk(folder)
    trap = next(steps)
    (tmp_path / "home" / "trap").rmdir()
    (tmp_path / "home" / "trap").symlink_to("../outside")
    rest = list(steps)
    os.close(folder)

    assert isinstance(trap, Found)
    assert [(it.path, type(it)) for it in rest] == [("trap", Unreadable)]


def test_what_goes_away_meanwhile_is_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).touch()
    folder = os.open(tmp_path, FOLDER)
    steps = walk(folder)
    next(steps)
    (tmp_path / "b").unlink()

    assert next(steps) == Unreadable("b", "no such file or directory")
    os.close(folder)


@pytest.fixture
def bottomless(tmp_path: Path) -> Iterator[Path]:
    """A folder for a tree that is too deep for Python to take away, and so for pytest."""
    yield tmp_path
    subprocess.run(["rm", "-r", str(tmp_path / "d")], check=True)


def test_a_path_may_be_as_long_as_programs_can_open_and_deeper_ones_are_told(bottomless: Path) -> None:
    descriptor = os.open(bottomless, FOLDER)
    for _ in range(LONGEST_PATH_BYTES // 2 + 3):
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", FOLDER, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    folder = os.open(bottomless, FOLDER)
    with room_for_depth():
        *found, last = walk(folder)
    os.close(folder)

    assert len(found) == LONGEST_PATH_BYTES // 2
    assert isinstance(last, Unreadable)
    assert last.problem == "its path is longer than 4096 bytes"


def test_no_folder_stays_open(home: int) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    list(walk(home))
    steps = walk(home)
    next(steps)
    steps.close()

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_system_s_words_are_told() -> None:
    assert problem_of(PermissionError(13, "Permission denied")) == "permission denied"
    assert problem_of(OSError("it became a fifo")) == "it became a fifo"
