"""The manifest of a home's archive: one line of JSON for each entry of the home, and a last line that shows completeness."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pophub.core.errors import ExitCode, PophubError

KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}
# the first link to a file has the content, further ones have its name
HARD_LINK = "hard link"
# the problem of an entry that cannot have content
NO_CONTENT = "has no content"
Extents = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a home. Names that are not UTF-8 are written with Python's surrogates, and read back unchanged.

    `sha256` is the hash of the stored bytes: for a file with holes, of its `extents` one after the other. `stored` is
    false for an entry that is not in the archive; `problem` is the reason, or a doubt about a stored entry.
    """

    path: str
    kind: str
    mode: int
    mtime_ns: int
    ctime_ns: int
    size: int
    sha256: str = ""
    target: str = ""
    extents: Extents | None = None
    problem: str = ""
    stored: bool = True

    def looks_like(self, status: os.stat_result) -> bool:
        """Whether the entry has not changed since: the kernel updates ctime at every change, and users cannot set it.

        The kernel's clock ticks some hundred times a second; if two changes fall into one tick, only the size can
        differ.
        """
        now = (status.st_mode & 0o7777, status.st_mtime_ns, status.st_ctime_ns, KINDS[stat.S_IFMT(status.st_mode)])
        kind = "file" if self.kind == HARD_LINK else self.kind
        same_size = self.kind != "file" or self.size == status.st_size
        return same_size and now == (self.mode, self.mtime_ns, self.ctime_ns, kind)


def line_of(path: str, status: os.stat_result, **details: Any) -> Line:
    """A line about an entry with a known status."""
    kind = KINDS[stat.S_IFMT(status.st_mode)]
    size = status.st_size if kind == "file" else 0
    known = {"kind": kind, "size": size, "mode": status.st_mode & 0o7777}
    return Line(path=path, mtime_ns=status.st_mtime_ns, ctime_ns=status.st_ctime_ns, **{**known, **details})


def to_json(line: Line) -> bytes:
    """One line, without fields that have their usual value."""
    fields = {"path": line.path, "kind": line.kind, "mode": line.mode, "mtime_ns": line.mtime_ns}
    fields |= {"ctime_ns": line.ctime_ns, "size": line.size}
    for name in ("sha256", "target", "problem"):
        if value := getattr(line, name):
            fields[name] = value
    if line.extents is not None:
        fields["extents"] = line.extents
    if not line.stored:
        fields["stored"] = False
    return json.dumps(fields).encode() + b"\n"


def last_line(count: int) -> bytes:
    """The last line of a complete manifest."""
    return json.dumps({"lines": count}).encode() + b"\n"


def read_lines(manifest: Iterable[bytes]) -> Iterator[Line]:
    """The lines of a manifest, which is open or a list of lines.

    Raises:
        PophubError: the manifest ended and is not complete.
    """
    for count, text in enumerate(manifest):
        if not text.endswith(b"\n"):
            break
        fields = json.loads(text)
        if fields.keys() == {"lines"}:
            if fields["lines"] == count:
                return
            break
        if fields.get("extents") is not None:
            fields["extents"] = tuple(map(tuple, fields["extents"]))
        yield Line(**fields)
    raise PophubError("the manifest is incomplete", hint="archive again", code=ExitCode.REFUSED)
