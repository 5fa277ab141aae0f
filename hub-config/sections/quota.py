"""A home's quota: a project of XFS for each home, whose limit cloud-init/steps/homes.sh sets. Where there are none, nothing.

https://man7.org/linux/man-pages/man2/ioctl_xfs_fsgetxattr.2.html
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

# linux/fs.h: struct fsxattr with flags, three other words around the project, and a rest; and how it is read and written
ATTRIBUTES = struct.Struct("=IIIII8s")
FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR = 0x801C581F, 0x401C5820
# what is made in a folder is of the folder's project
FS_XFLAG_PROJINHERIT = 0x200
# what file systems say that know no projects
NO_PROJECTS = {errno.ENOTTY, errno.EOPNOTSUPP, errno.EINVAL}


def give_project(home: Path) -> None:
    """A project of its own to a home and to all in it; one that has its project keeps it."""
    try:
        if project(home):
            return
        number = 1 + max(map(project, _folders(home.parent)))
        # itself last, so that the next start takes up what was interrupted
        for path in (*_inside(home), home):
            _set_project(path, number)
    except OSError as error:
        if error.errno not in NO_PROJECTS:
            raise


def project(path: Path) -> int:
    """Whose limit a file counts against; 0 is nobody's."""
    descriptor = _open(path)
    try:
        return int(_attributes(descriptor)[3])
    finally:
        os.close(descriptor)


def _set_project(path: Path, number: int) -> None:
    descriptor = _open(path)
    try:
        flags, extent, extents, _, cow, rest = _attributes(descriptor)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            flags |= FS_XFLAG_PROJINHERIT
        fcntl.ioctl(descriptor, FS_IOC_FSSETXATTR, ATTRIBUTES.pack(flags, extent, extents, number, cow, rest))
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    # what a participant has made may be a link to elsewhere, or a pipe
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)


def _attributes(descriptor: int) -> tuple[int, int, int, int, int, bytes]:
    return ATTRIBUTES.unpack(fcntl.ioctl(descriptor, FS_IOC_FSGETXATTR, bytes(ATTRIBUTES.size)))


def _folders(parent: Path) -> list[Path]:
    return [path for path in parent.iterdir() if stat.S_ISDIR(path.lstat().st_mode)]


def _inside(home: Path) -> Iterator[Path]:
    """Its files and folders, and nothing else that it may hold."""
    for folder, names, files in os.walk(home):
        paths = [Path(folder, name) for name in (*names, *files)]
        yield from (path for path in paths if stat.S_IFMT(path.lstat().st_mode) in (stat.S_IFREG, stat.S_IFDIR))
