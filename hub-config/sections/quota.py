"""A home's quota: one XFS project for each home; cloud-init/steps/homes.sh sets the limits.

Without XFS it does nothing. Not `xfs_quota -c "project -s"`, which opens each path after its check and follows a link:
https://git.kernel.org/pub/scm/fs/xfs/xfsprogs-dev.git/tree/quota/project.c?h=v6.13.0

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

# struct fsxattr in linux/fs.h: flags, extent size, number of extents, project, copy-on-write extent size, padding;
# and the requests to read and write it
ATTRIBUTES = struct.Struct("=IIIII8s")
FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR = 0x801C581F, 0x401C5820
# new files in a folder get the folder's project
FS_XFLAG_PROJINHERIT = 0x200
# the errors of file systems without projects
NO_PROJECTS = {errno.ENOTTY, errno.EOPNOTSUPP, errno.EINVAL}


def give_project(home: Path) -> None:
    """Give a home and its whole content their own project; a home that already has a project keeps it."""
    try:
        if project(home):
            return
        number = 1 + max(map(project, _folders(home.parent)))
        # the home itself last, so that the next start repeats an interrupted run
        for path in (*_inside(home), home):
            _set_project(path, number)
    except OSError as error:
        if error.errno not in NO_PROJECTS:
            raise


def project(path: Path) -> int:
    """The project whose limit a file counts towards; 0 means none."""
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
    # a participant may have made a link to another place, or a pipe
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)


def _attributes(descriptor: int) -> tuple[int, int, int, int, int, bytes]:
    return ATTRIBUTES.unpack(fcntl.ioctl(descriptor, FS_IOC_FSGETXATTR, bytes(ATTRIBUTES.size)))


def _folders(parent: Path) -> list[Path]:
    return [path for path in parent.iterdir() if stat.S_ISDIR(path.lstat().st_mode)]


def _inside(home: Path) -> Iterator[Path]:
    """The home's files and folders, without links, pipes and other kinds."""
    for folder, names, files in os.walk(home):
        paths = [Path(folder, name) for name in (*names, *files)]
        yield from (path for path in paths if stat.S_IFMT(path.lstat().st_mode) in (stat.S_IFREG, stat.S_IFDIR))
