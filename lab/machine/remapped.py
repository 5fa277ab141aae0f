"""Docker's folder of a Docker without user namespaces, turned into that of one with: `remapped.py FOLDER`.

What containers own then belongs to the ids that docker.json gives to them. To save the images and load them again takes
forty times as long.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from pophub.core.contract import FIRST_ID

# the images' files, and what Docker knows of them
KEPT = ("image", "overlay2")
CAPABILITIES = "security.capability"


def remap(docker: Path) -> None:
    """Keep the images that have a name, and nothing else, in the folder that a Docker with user namespaces reads."""
    # its name: https://docs.docker.com/engine/security/userns-remap/#prerequisites
    target = docker / f"{FIRST_ID}.{FIRST_ID}"
    target.mkdir()
    for entry in list(docker.iterdir()):
        if entry.name in KEPT:
            entry.rename(target / entry.name)
        elif entry != target:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    _forget_unnamed(target / "image" / "overlay2")
    for layer in (target / "overlay2").iterdir():
        if layer.name == "l":
            continue
        os.chown(layer, 0, FIRST_ID)
        for part in ("diff", "work"):
            if (layer / part).exists():
                _move_owners(layer / part)


def _forget_unnamed(records: Path) -> None:
    """Also what each image was made from, as where an image has been loaded."""
    names = json.loads((records / "repositories.json").read_text())["Repositories"].values()
    named = {digest.removeprefix("sha256:") for known in names for digest in known.values()}
    for content in (records / "imagedb" / "content" / "sha256").iterdir():
        if content.name not in named:
            content.unlink()
    for metadata in (records / "imagedb" / "metadata" / "sha256").iterdir():
        shutil.rmtree(metadata)


def _move_owners(folder: Path) -> None:
    """Add the first id to each owner and group. Linux then takes away set-user-ID bits and capabilities; they come back."""
    for path in _everything(folder):
        known = path.lstat()
        # a second name of a file that was met before
        if known.st_uid >= FIRST_ID:
            continue
        regular = stat.S_ISREG(known.st_mode)
        granted = os.getxattr(path, CAPABILITIES) if regular and CAPABILITIES in os.listxattr(path) else b""
        os.lchown(path, known.st_uid + FIRST_ID, known.st_gid + FIRST_ID)
        if known.st_mode & (stat.S_ISUID | stat.S_ISGID) and not stat.S_ISLNK(known.st_mode):
            path.chmod(stat.S_IMODE(known.st_mode))
        if granted:
            os.setxattr(path, CAPABILITIES, granted)


def _everything(folder: Path) -> Iterator[Path]:
    yield folder
    for root, folders, files in os.walk(folder):
        yield from (Path(root, name) for name in (*folders, *files))


if __name__ == "__main__":
    remap(Path(sys.argv[1]))
