"""A participant's home: made before the first start, private to its owner, with a quota where the disk knows them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from pophub.core.contract import SERVER_GID, SERVER_UID
from sections.quota import give_project


async def make_home(spawner: Any) -> None:
    """Docker would make a missing home as root's; its parent is never made: that is the volume's mount point."""
    first_uid, first_gid = await first_ids(spawner)
    for home in homes(spawner):
        home.mkdir(mode=0o700, exist_ok=True)
        # no server starts in a home that its owner has closed to themselves
        home.chmod(home.stat().st_mode | 0o700)
        if os.geteuid() == 0:
            os.chown(home, first_uid + SERVER_UID, first_gid + SERVER_GID)
            give_project(home)


def limit_home(spawner: Any) -> None:
    """For a home that is there already, and somebody's."""
    for home in homes(spawner):
        give_project(home)


def homes(spawner: Any) -> list[Path]:
    """What a server may write to on the machine."""
    return [Path(source) for source, mount in spawner.volume_binds.items() if mount["mode"] == "rw"]


async def first_ids(spawner: Any) -> tuple[int, int]:
    """Who root of a container is on the machine: nobody, by cloud-init/docker.json.

    Docker names its folder so: https://docs.docker.com/engine/security/userns-remap/
    """
    place = (await spawner.docker("info"))["DockerRootDir"]
    remapped = re.search(r"/(\d+)\.(\d+)$", place)
    return (int(remapped[1]), int(remapped[2])) if remapped else (0, 0)
