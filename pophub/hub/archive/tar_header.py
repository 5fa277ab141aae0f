"""The bytes of a tar archive around each content, readable by GNU tar, bsdtar and Python. It reads no files."""

from __future__ import annotations

import tarfile
from pathlib import PurePosixPath

from pophub.hub.archive.manifest import HARD_LINK, Line

BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)
TYPES = {"file": tarfile.REGTYPE, "folder": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE, HARD_LINK: tarfile.LNKTYPE}


def header(line: Line, top: str, *, owner: tuple[int, int]) -> bytes:
    """The bytes before a member's content; for a file with holes also their map."""
    name = f"{top}/{line.path}"
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.mtime = TYPES[line.kind], line.mode, line.mtime_ns // 10**9
    member.uid, member.gid = owner
    if line.kind == "file":
        member.size = line.size
    if line.kind == "symlink":
        member.linkname = line.target
    if line.kind == HARD_LINK:
        member.linkname = f"{top}/{line.target}"
    holes = b""
    if line.extents is not None:
        holes = _map(line)
        member.size = len(holes) + sum(length for _, length in line.extents)
        # https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html, version 1.0
        member.pax_headers = {
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.name": name,
            "GNU.sparse.realsize": str(line.size),
        }
        member.name = "GNUSparseFile.0/" + PurePosixPath(line.path).name[:40].encode("ascii", "replace").decode()
    return member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape") + holes


def padding(size: int) -> bytes:
    """The bytes that fill the last block of a content."""
    return bytes(-size % BLOCK)


def _map(line: Line) -> bytes:
    # a hole at the end is written as an empty extent at the file's end
    extents = [*(line.extents or ()), (line.size, 0)]
    text = "\n".join(map(str, [len(extents), *(number for extent in extents for number in extent)])) + "\n"
    return text.encode() + padding(len(text))
