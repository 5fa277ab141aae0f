"""A participant's home: created before the first start, private to its owner, with a quota if the disk supports quotas."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import stat
from pathlib import Path
from typing import Any

from pophub.core.contract import SERVER_GID, SERVER_UID
from sections.quota import give_project

# how NFS names a deleted file that a program still has open:
# https://github.com/torvalds/linux/blob/v6.12/fs/nfs/unlink.c
HIDDEN = re.compile(r"\.nfs[0-9a-f]{24}")


async def make_home(spawner: Any) -> None:
    """Create the homes that a server mounts; Docker would create a missing one as root's.

    The parent folder is never created, because it is the volume's mount point.
    """
    first_uid, first_gid = await first_ids(spawner)
    for home in homes(spawner):
        home.mkdir(mode=0o700, exist_ok=True)
        # a server cannot start in a home whose owner has removed their own permissions
        home.chmod(home.stat().st_mode | 0o700)
        if os.geteuid() == 0:
            os.chown(home, first_uid + SERVER_UID, first_gid + SERVER_GID)
            give_project(home)


async def make_tidy_home(spawner: Any) -> None:
    """Make the home, and remove the remains of deleted files, so that a full home does not stay full."""
    await make_home(spawner)
    for home in homes(spawner):
        await asyncio.to_thread(remove_hidden, home)


def remove_hidden(home: Path) -> None:
    """Remove the files that NFS has kept for programs; no server of this home runs now."""
    for _folder, _, names, descriptor in os.fwalk(home):
        for name in filter(HIDDEN.fullmatch, names):
            empty(name, descriptor)
            os.unlink(name, dir_fd=descriptor)


def empty(name: str, folder: int) -> None:
    """Empty a file, because a worker may still have it open, and then removing it alone would free no space.

    Links, pipes, and files with a second name are left unchanged.
    """
    try:
        descriptor = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENXIO):
            raise
        return
    try:
        there = os.fstat(descriptor)
        if stat.S_ISREG(there.st_mode) and there.st_nlink == 1:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def limit_home(spawner: Any) -> None:
    """Set only the quota, for a home that already exists and has its owner."""
    for home in homes(spawner):
        give_project(home)


def homes(spawner: Any) -> list[Path]:
    """The machine's folders that a server may write to."""
    return [Path(source) for source, mount in spawner.volume_binds.items() if mount["mode"] == "rw"]


async def first_ids(spawner: Any) -> tuple[int, int]:
    """The host ids of a container's root: with cloud-init/docker.json, ids without rights on the machine.

    Docker puts them into its folder's name: https://docs.docker.com/engine/security/userns-remap/
    """
    place = (await spawner.docker("info"))["DockerRootDir"]
    remapped = re.search(r"/(\d+)\.(\d+)$", place)
    return (int(remapped[1]), int(remapped[2])) if remapped else (0, 0)
