"""What a home gets when the server starts: the image's skeleton, the organizer's welcome, and a link to the shared data.

It overwrites nothing. With a full disk, people can still start a server and delete files.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# files for a new home from the image's distribution or its maker, for example .bashrc and .profile
SKELETON = Path("/etc/skel")
# which of the two this home has already received, so that deleted files do not come back
SKELETON_COPIED, WELCOMED = (Path(".local/share/pophub", name) for name in ("skeleton-copied", "welcomed"))
SHARED = "shared-data"


def prepare(home: Path, environment: Mapping[str, str], skeleton: Path = SKELETON) -> None:
    """Copy skeleton and welcome once, and do the rest at each start; a failure of one part does not stop the others."""
    welcome, data = (Path(environment.get(name) or "/nonexistent") for name in ("POPHUB_WELCOME", "POPHUB_DATA"))
    copy_once(skeleton, home, SKELETON_COPIED)
    copy_once(welcome, home, WELCOMED)
    with reported():
        # Jupyter creates it beside its runtime folder, which servers have in another place; jupyter_server_fileid needs
        # it
        Path(environment.get("JUPYTER_DATA_DIR") or home / ".local/share/jupyter").mkdir(parents=True, exist_ok=True)
    with reported():
        if data.is_dir() and not (home / SHARED).exists():
            link(home / SHARED, data)


@contextmanager
def reported() -> Iterator[None]:
    """Write an error to the server's log and go on."""
    try:
        yield
    except OSError as error:
        print(f"the home could not be prepared: {error}", file=sys.stderr)  # noqa: T201


def copy_once(source: Path, home: Path, done: Path) -> None:
    """Copy a folder's content unless this home has already received it; `done` is the file that records it."""
    with reported():
        if source.is_dir() and not (home / done).exists():
            copy_new(source, home)
            (home / done).parent.mkdir(parents=True, exist_ok=True)
            (home / done).touch()


def copy_new(source: Path, target: Path) -> None:
    """Copy files and folders that do not exist yet; existing ones stay as they are."""
    for entry in sorted(source.iterdir()):
        there = target / entry.name
        if not os.access(entry, os.R_OK):
            continue
        if entry.is_dir():
            if there.is_dir() or not os.path.lexists(there):
                there.mkdir(exist_ok=True)
                copy_new(entry, there)
        elif entry.is_file() and not os.path.lexists(there):
            # otherwise a full disk would leave incomplete files for ever
            part = target / f".{entry.name}.part"
            shutil.copyfile(entry, part)
            part.rename(there)


def variables(home: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Variables for finding programs that people install into their home, unless the image sets its own."""
    found = {"PATH": os.pathsep.join([*filter(None, [environment.get("PATH")]), str(home / ".local/bin")])}
    if not {"CONDA_ENVS_DIRS", "CONDA_ENVS_PATH"} & environment.keys():
        # otherwise conda puts environments beside itself if it can write there; mamba 2 reads only this name:
        # https://github.com/mamba-org/mamba/issues/3654
        found["CONDA_ENVS_DIRS"] = str(home / ".conda/envs")
    return found


def link(place: Path, data: Path) -> None:
    """A link and not a mount, so that the home's archive and size do not include the shared data."""
    if place.is_symlink():
        place.unlink()
    place.symlink_to(data)


def start_folder(home: Path, environment: Mapping[str, str]) -> Path | None:
    """The folder that JupyterLab opens; None if the event names none or if it does not exist."""
    wanted = environment.get("POPHUB_START_FOLDER")
    if not wanted:
        return None
    folder = home / wanted
    if folder.is_dir():
        return folder
    print(f"the start folder {wanted} is not there; JupyterLab opens at home", file=sys.stderr)  # noqa: T201
    return None
