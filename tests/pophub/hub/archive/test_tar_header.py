"""Headers are what tarfile would write, and what GNU tar and tarfile read."""

from __future__ import annotations

import io
import tarfile

import pytest

from pophub.hub.archive.manifest import HARD_LINK, Line
from pophub.hub.archive.tar_header import END, header, padding

OWNER = (1000, 100)


def _line(path: str = "a/b.txt", kind: str = "file", size: int = 0, **details: object) -> Line:
    return Line(path, kind, 0o644, 1_700_000_000_123456789, 1, size, **details)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        _line("x" * 95),
        _line("x" * 96),
        _line("x" * 255),
        _line("größe"),
        _line("not-utf8-\udcff"),
        _line("new\nline"),
        _line("folder", "folder"),
        _line("link", "symlink", target="y" * 300),
        _line("hard", HARD_LINK, target="größe"),
    ],
    ids=str,
)
def test_every_name_comes_back(line: Line) -> None:
    stream = io.BytesIO(header(line, "top", owner=OWNER) + END)
    with tarfile.open(fileobj=stream, mode="r|", encoding="utf-8", errors="surrogateescape") as tar:
        [member] = tar

    assert member.name == f"top/{line.path}"
    assert member.linkname in (line.target, f"top/{line.target}")
    assert (member.uid, member.gid, member.mode, member.mtime) == (*OWNER, 0o644, 1_700_000_000)


@pytest.mark.parametrize("line", [_line(size=2**40), _line("old", "file"), _line(size=8**11)])
def test_numbers_that_do_not_fit_go_the_long_way(line: Line) -> None:
    assert tarfile.TarInfo.frombuf(header(line, "top", owner=(10**9, 1))[-512:], "utf-8", "strict").isfile()


def test_holes_are_told_as_gnu_tar_does() -> None:
    line = _line(size=1000, extents=((0, 3), (500, 2)))
    content = b"abcxy"
    stream = io.BytesIO(header(line, "top", owner=OWNER) + content + padding(len(content)) + END)
    with tarfile.open(fileobj=stream) as tar:
        [member] = tar
        read = tar.extractfile(member)
        assert read is not None

        assert read.read() == b"abc" + bytes(497) + b"xy" + bytes(498)
    assert (member.name, member.size) == ("top/a/b.txt", 1000)


def test_blocks_are_filled() -> None:
    assert [len(padding(size)) for size in (0, 1, 511, 512, 513)] == [0, 511, 1, 0, 511]
