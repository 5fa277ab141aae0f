"""Adds to an image what a hub needs and it lacks, as root while the image is built: `complete.py REQUIREMENTS`.

It changes no package that is there, but a JupyterHub of another major version than the hub's. Any Python from 3.9 on.
"""

from __future__ import annotations

import importlib.metadata
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

UID, GID = 1000, 100
HOME = Path("/home/jovyan")
# read once, so that each server finds them compiled
READ_AT_START = "import jupyterhub.singleuser.extension, jupyterlab.labapp, jupyterlab.extensions, nbgitpuller.handlers"


def main(requirements: Path) -> None:
    """Git, the packages, the account."""
    if not shutil.which("git"):
        install_git()
    add_packages(requirements)
    subprocess.run([sys.executable, "-c", READ_AT_START], check=True)
    make_account()


def install_git() -> None:
    """From the image's own distribution; without it there is no content, and all the rest."""
    if not shutil.which("apt-get"):
        print("the image has neither git nor apt-get: the event's content cannot be fetched")  # noqa: T201
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "git", "ca-certificates"]):
        subprocess.run(["apt-get", "--quiet", "--quiet", *command], env=environment, check=True)
    shutil.rmtree("/var/lib/apt/lists", ignore_errors=True)


def add_packages(requirements: Path) -> None:
    """Those of the hash-locked list that are missing, and no dependency that is not in it."""
    missing = [entry for entry in entries(requirements.read_text()) if is_missing(entry)]
    if not missing:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(missing))
        file.flush()
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check"]
        network = ["--retries", "2", "--timeout", "20"]
        subprocess.run([*pip, *network, "--no-deps", "--require-hashes", "--requirement", file.name], check=True)


def entries(text: str) -> list[str]:
    """The list's packages, each with its hashes."""
    return re.findall(r"^[A-Za-z0-9].*?(?=^[A-Za-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)


def is_missing(entry: str) -> bool:
    """Whether an entry of the list is not installed, in whatever version."""
    name, wanted = re.split(r"==", entry.split(maxsplit=1)[0].rstrip(";"))
    try:
        there = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return True
    return name == "jupyterhub" and there.split(".")[0] != wanted.split(".")[0]


def make_account() -> None:
    """Somebody of a name for the programs that ask who runs them, where the image has nobody of this number."""
    try:
        pwd.getpwuid(UID)
    except KeyError:
        with Path("/etc/passwd").open("a") as accounts:
            accounts.write(f"jovyan:x:{UID}:{GID}::{HOME}:/bin/bash\n")
    HOME.mkdir(parents=True, exist_ok=True)
    os.chown(HOME, UID, GID)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
