"""What a home gets at the server's start: the image's skeleton, the organizer's welcome, and a way to the shared data.

It overwrites nothing, and a full disk keeps nobody from starting a server and deleting files.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# the files that the image's own distribution gives a new home: .bashrc, .profile, and what the image's maker added
SKELETON = Path("/etc/skel")
# which of the two this home has had, so that what somebody deletes stays away
SKELETON_COPIED, WELCOMED = (Path(".local/share/pophub", name) for name in ("skeleton-copied", "welcomed"))
SHARED = "shared-data"


def prepare(home: Path, environment: Mapping[str, str], skeleton: Path = SKELETON) -> None:
    """The skeleton and the welcome once, the rest at each start; what cannot be done prevents nothing else."""
    welcome, data = (Path(environment.get(name) or "/nonexistent") for name in ("POPHUB_WELCOME", "POPHUB_DATA"))
    copy_once(skeleton, home, SKELETON_COPIED)
    copy_once(welcome, home, WELCOMED)
    with reported():
        # Jupyter makes it beside its runtime folder, which servers have elsewhere; jupyter_server_fileid needs it
        Path(environment.get("JUPYTER_DATA_DIR") or home / ".local/share/jupyter").mkdir(parents=True, exist_ok=True)
    with reported():
        if data.is_dir() and not (home / SHARED).exists():
            link(home / SHARED, data)


@contextmanager
def reported() -> Iterator[None]:
    """An error goes to the server's log, and ends there."""
    try:
        yield
    except OSError as error:
        print(f"the home could not be prepared: {error}", file=sys.stderr)  # noqa: T201


def copy_once(source: Path, home: Path, done: Path) -> None:
    """All that is below a folder, if this home has not had it; `done` is the file that says so."""
    with reported():
        if source.is_dir() and not (home / done).exists():
            copy_new(source, home)
            (home / done).parent.mkdir(parents=True, exist_ok=True)
            (home / done).touch()


def copy_new(source: Path, target: Path) -> None:
    """Files and folders that are not there yet; those of the same name stay as they are."""
    for entry in sorted(source.iterdir()):
        there = target / entry.name
        if not os.access(entry, os.R_OK):
            continue
        if entry.is_dir():
            if there.is_dir() or not os.path.lexists(there):
                there.mkdir(exist_ok=True)
                copy_new(entry, there)
        elif entry.is_file() and not os.path.lexists(there):
            # on a full disk a part of a file would stay for ever
            part = target / f".{entry.name}.part"
            shutil.copyfile(entry, part)
            part.rename(there)


def places(home: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables with which what people install into their home is found again, unless the image sets its own."""
    found = {"PATH": os.pathsep.join([*filter(None, [environment.get("PATH")]), str(home / ".local/bin")])}
    if not {"CONDA_ENVS_DIRS", "CONDA_ENVS_PATH"} & environment.keys():
        # conda would put them beside itself if that can be written to; mamba 2 reads this name only:
        # https://github.com/mamba-org/mamba/issues/3654
        found["CONDA_ENVS_DIRS"] = str(home / ".conda/envs")
    return found


def link(place: Path, data: Path) -> None:
    """A link, and no mount: whoever archives a home or counts its size sees none of the data."""
    if place.is_symlink():
        place.unlink()
    place.symlink_to(data)


def start_folder(home: Path, environment: Mapping[str, str]) -> Path | None:
    """Where JupyterLab opens, where the event says so and it is there."""
    wanted = environment.get("POPHUB_START_FOLDER")
    if not wanted:
        return None
    folder = home / wanted
    if folder.is_dir():
        return folder
    print(f"the start folder {wanted} is not there; JupyterLab opens at home", file=sys.stderr)  # noqa: T201
    return None
