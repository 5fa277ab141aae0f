"""What a home gets at the server's start: the organizer's welcome, and a way to the shared data. It overwrites nothing.

A full disk keeps nobody from starting a server and deleting files.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

# that this home has had its welcome, so that what somebody deletes stays away
WELCOMED = Path(".local/share/pophub/welcomed")
SHARED = "shared-data"


def prepare(home: Path, environment: Mapping[str, str]) -> None:
    """The welcome once, the link at each start."""
    welcome, data = (Path(environment.get(name) or "/nonexistent") for name in ("POPHUB_WELCOME", "POPHUB_DATA"))
    try:
        if welcome.is_dir() and not (home / WELCOMED).exists():
            copy_new(welcome, home)
            (home / WELCOMED).parent.mkdir(parents=True, exist_ok=True)
            (home / WELCOMED).touch()
        if data.is_dir() and not (home / SHARED).exists():
            link(home / SHARED, data)
    except OSError as error:
        print(f"the home could not be prepared: {error}", file=sys.stderr)  # noqa: T201


def copy_new(source: Path, target: Path) -> None:
    """Files and folders that are not there yet; those of the same name stay as they are."""
    for entry in sorted(source.iterdir()):
        there = target / entry.name
        if entry.is_dir():
            there.mkdir(exist_ok=True)
            copy_new(entry, there)
        elif not there.exists():
            shutil.copyfile(entry, there)


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
