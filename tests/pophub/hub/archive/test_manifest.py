"""A manifest brings back every line as it was, and a cut one is never taken for a whole one."""

from __future__ import annotations

import os
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from pophub.core.errors import PophubError
from pophub.hub.archive.manifest import Line, last_line, line_of, read_lines, to_json

LINES = [
    Line("a", "file", 0o644, 10**18 + 1, 10**18 + 2, 5, sha256="ab" * 32),
    Line("new\nline", "symlink", 0o777, 1, 2, 0, target="x\udcff"),
    Line("not-utf8-\udcff", "folder", 0o755, -1, 2, 0),
    Line("s", "file", 0o600, 1, 2, 10**12, sha256="cd" * 32, extents=((0, 5), (10**11, 6))),
    Line("h", "file", 0o600, 1, 2, 10**6, sha256="cd" * 32, extents=()),
    Line("p", "fifo", 0o600, 1, 2, 0, problem="a fifo has no content", stored=False),
]
WHOLE = b"".join(map(to_json, LINES)) + last_line(len(LINES))


def test_every_line_comes_back() -> None:
    assert list(read_lines(BytesIO(WHOLE))) == LINES


@pytest.mark.parametrize(
    "cut", [b"", WHOLE[: -len(last_line(6))], b"".join(map(to_json, LINES[1:])) + last_line(6), WHOLE[:-1]]
)
def test_a_manifest_that_is_not_whole_is_refused(cut: bytes) -> None:
    with pytest.raises(PophubError, match="the manifest is incomplete"):
        list(read_lines(BytesIO(cut)))


def test_a_file_looks_as_it_did_until_anything_of_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("x")
    line = line_of("f", file.stat())

    assert line.looks_like(file.stat())
    for changed in (
        replace(line, mode=0o600),
        replace(line, mtime_ns=1),
        replace(line, kind="symlink"),
        replace(line, size=2),
    ):
        assert not changed.looks_like(file.stat())

    # other content of the same length, and the old time set again
    before = file.stat()
    file.write_text("y")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert not line.looks_like(file.stat())
