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
    if _is_usual(name, line, owner):
        return _plain(name.encode(), line, owner)
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


def _is_usual(name: str, line: Line, owner: tuple[int, int]) -> bool:
    """Whether name and numbers fit into the header of 1988, which takes a fifth of tarfile's time to write."""
    return (
        line.kind == "file"
        and line.extents is None
        and len(name) <= tarfile.LENGTH_NAME
        and name.isascii()
        and line.size < 8**11
        and 0 <= line.mtime_ns < 8**11 * 10**9
        and max(owner) < 8**7
    )


def _plain(name: bytes, line: Line, owner: tuple[int, int]) -> bytes:
    seconds = line.mtime_ns // 10**9
    numbers = (line.mode, *owner, line.size, seconds)
    front = b"%s%07o\0%07o\0%07o\0%011o\0%011o\0" % (name.ljust(100, b"\0"), *numbers)
    # the checksum's own eight bytes count as spaces
    checksum = sum(front) + 8 * 32 + _REST_SUM
    return b"%s%06o\0 %s" % (front, checksum, _REST)


# type, no link, and the format's name and version
_REST = (tarfile.REGTYPE.ljust(101, b"\0") + tarfile.POSIX_MAGIC).ljust(BLOCK - 156, b"\0")
_REST_SUM = sum(_REST)
