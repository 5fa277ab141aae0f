"""What cannot be archived is told, file by file, and all the rest is archived."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pophub.hub.archive import content, pack
from pophub.hub.archive.manifest import HARD_LINK, Line, read_lines
from pophub.hub.archive.pack import CHANGED, Packed, Packer
from pophub.hub.archive.walk import FOLDER

NOBODY = 65534
MIB = 2**20


def packed(home: Path, user: int = 0) -> tuple[Packed, dict[str, Line], dict[str, bytes]]:
    """What was counted, the manifest's lines, and the archive's contents."""
    data, manifest = io.BytesIO(), io.BytesIO()
    folder = os.open(home, FOLDER)
    with as_user(user):
        counted = Packer("top", data.write, manifest.write).pack(folder)
    os.close(folder)
    data.seek(0)
    with tarfile.open(fileobj=data, errors="surrogateescape") as tar:
        contents = {it.name.removeprefix("top/"): tar.extractfile(it).read() for it in tar if it.isreg()}  # type: ignore[union-attr]
    return counted, {line.path: line for line in read_lines(io.BytesIO(manifest.getvalue()))}, contents


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "good").write_bytes(b"good")
    return tmp_path / "home"


@contextmanager
def as_user(user: int) -> Iterator[None]:
    """Root can read everything."""
    if os.getuid() == 0:
        os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(os.getuid())


def test_files_are_counted_with_their_sha256(home: Path) -> None:
    counted, lines, contents = packed(home)

    assert (counted.files, counted.bytes, counted.problems) == (1, 4, {})
    assert lines["good"].sha256 == hashlib.sha256(b"good").hexdigest()
    assert contents == {"good": b"good"}


def test_what_may_not_be_read_is_told(home: Path) -> None:
    home.chmod(0o755)
    (home / "secret").write_bytes(b"x")
    (home / "secret").chmod(0)
    (home / "closed").mkdir()
    (home / "closed").chmod(0)
    counted, lines, contents = packed(home, NOBODY)

    assert contents == {"good": b"good"}
    assert (lines["secret"].problem, lines["secret"].stored) == ("permission denied", False)
    assert counted.problems == {"permission denied": 2}
    assert sorted(counted.first_problems) == [("closed", "permission denied"), ("secret", "permission denied")]


def test_what_has_no_content_is_told(home: Path) -> None:
    os.mkfifo(home / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home / "socket"))
        counted, lines, contents = packed(home)

    assert set(contents) == {"good"}
    assert {line.problem for line in lines.values() if not line.stored} == {
        "a fifo has no content",
        "a socket has no content",
    }
    assert sum(counted.problems.values()) == 2


@pytest.mark.parametrize(("before", "after"), [(3 * MIB, 2 * MIB), (3 * MIB, 4 * MIB), (3 * MIB, 3 * MIB)])
def test_a_large_file_that_changes_is_archived_in_its_length_and_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, before: int, after: int
) -> None:
    (home / "log").write_bytes(b"a" * before)
    _once(monkeypatch, lambda: (home / "log").write_bytes(b"b" * after))
    counted, lines, contents = packed(home)

    assert len(contents["log"]) == before
    assert lines["log"].sha256 == hashlib.sha256(contents["log"]).hexdigest()
    assert (lines["log"].problem, counted.problems) == (CHANGED, {CHANGED: 1})


def _once(monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Do it after the first read of a large file."""
    pread, done = os.pread, []

    def read(file: int, size: int, offset: int) -> bytes:
        chunk = pread(file, size, offset)
        if size >= MIB and not done:
            done.append(what())
        return chunk

    monkeypatch.setattr(os, "pread", read)


def test_a_disk_that_fails_in_the_middle_of_a_file_leaves_zeros_there_and_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "bad").write_bytes(b"a" * 3 * MIB)
    pread = os.pread

    def fail(file: int, size: int, offset: int) -> bytes:
        if offset >= MIB:
            raise OSError(5, "Input/output error")
        return pread(file, size, offset)

    monkeypatch.setattr(os, "pread", fail)
    counted, lines, contents = packed(home)

    assert contents["bad"] == b"a" * MIB + bytes(2 * MIB)
    assert lines["bad"].problem == f"input/output error; zeros from byte {MIB} on"
    assert counted.problems == {"input/output error": 1}
    assert contents["good"] == b"good"


def test_a_file_that_goes_away_or_becomes_a_link_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("gone", "trap"):
        (home / name).write_bytes(b"x")
    real_open = os.open

    def after_a_change(name: str, flags: int, *mode: int, dir_fd: int | None = None) -> int:
        if name == "gone":
            (home / "gone").unlink()
        if name == "trap":
            (home / "trap").unlink()
            (home / "trap").symlink_to("/etc/passwd")
        return real_open(name, flags, *mode, dir_fd=dir_fd)

    folder = os.open(home, FOLDER)
    manifest = io.BytesIO()
    monkeypatch.setattr(pack.os, "open", after_a_change)
    Packer("top", io.BytesIO().write, manifest.write).pack(folder)
    os.close(folder)
    problems = {line.path: line.problem for line in read_lines(io.BytesIO(manifest.getvalue())) if line.problem}

    assert problems == {"gone": "no such file or directory", "trap": "too many levels of symbolic links"}


def test_a_second_name_of_a_file_costs_nothing_and_further_ones_are_copies(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "a-name").hardlink_to(home / "good")
    _, lines, _ = packed(home)

    assert (lines["a-name"].kind, lines["good"].kind, lines["good"].target) == ("file", HARD_LINK, "a-name")

    monkeypatch.setattr(pack, "MOST_HARD_LINKS", 0)

    assert {line.kind for line in packed(home)[1].values()} == {"file"}


def test_only_the_first_problems_are_told_in_full_and_all_are_counted(home: Path) -> None:
    for number in range(30):
        os.mkfifo(home / f"fifo-{number}")
    counted, lines, _ = packed(home)

    assert (len(counted.first_problems), sum(counted.problems.values()), len(lines)) == (pack.FIRST_PROBLEMS, 30, 31)


def test_a_terabyte_of_nothing_takes_no_time(home: Path) -> None:
    with (home / "huge").open("wb") as file:
        file.truncate(2**40)
        file.seek(2**39)
        file.write(b"here")
    data, manifest = [], io.BytesIO()
    folder = os.open(home, FOLDER)
    Packer("top", data.append, manifest.write).pack(folder)
    os.close(folder)

    assert sum(map(len, data)) < content.SHORTEST_HOLE_BYTES * 2
    assert next(line for line in read_lines(io.BytesIO(manifest.getvalue())) if line.path == "huge").size == 2**40
