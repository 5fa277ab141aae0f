"""Adds to an image what a hub needs and it lacks, as root while the image is built: `complete.py all|account`.

It changes no package that is there, but a JupyterHub of another major version than the hub's. `account` adds no package
and asks no network. It runs in the Python that servers run in. Any Python from 3.10 on.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
UID, GID = 1000, 100
HOME = Path("/home/jovyan")
ACCOUNTS = Path("/etc/passwd")
# what hub-config/server/home.py gives a new home, and no file of it larger than this
SKELETON, LARGEST_BYTES = Path("/etc/skel"), 65536
# the pip of the machine, because an image may have none
PIP = HERE / "pip.whl" / "pip"
# read once, so that each server finds them compiled
READ_AT_START = "import jupyterhub.singleuser.extension, jupyterlab.labapp, jupyterlab.extensions, nbgitpuller.handlers"
NEEDED_AT_LEAST = "import jupyterhub.singleuser, jupyterlab"


def main(adds: str) -> None:
    """Git, the packages, the account."""
    if adds == "all":
        if not shutil.which("git"):
            install_git()
        add_packages(HERE / "requirements-server.txt")
        subprocess.run([sys.executable, "-s", "-c", READ_AT_START], check=True)
    else:
        subprocess.run([sys.executable, "-s", "-c", NEEDED_AT_LEAST], check=True)
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
        pip = [sys.executable, "-s", str(PIP), "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check"]
        network = ["--retries", "2", "--timeout", "20"]
        wanted = ["--no-deps", "--require-hashes", "--requirement", file.name]
        subprocess.run([*pip, *network, *beside_a_distribution(), *wanted], check=True)


def beside_a_distribution() -> list[str]:
    """Pip's options for a Python that a Linux distribution manages: add packages, remove none of the distribution's.

    https://packaging.python.org/en/latest/specifications/externally-managed-environments/
    """
    is_environment = sys.prefix != sys.base_prefix
    managed = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists() and not is_environment
    return ["--break-system-packages", "--ignore-installed"] if managed else []


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
    """Whoever has this number lives where the participant's home is mounted: ssh and RStudio ask for no HOME."""
    accounts = [line.split(":") for line in ACCOUNTS.read_text().splitlines()]
    mine = [fields for fields in accounts if fields[2:3] == [str(UID)]]
    if not mine:
        accounts.append(["jovyan", "x", str(UID), str(GID), "", str(HOME), "/bin/bash"])
    for home in (*(Path(fields[5]) for fields in mine), HOME):
        if home.parent == HOME.parent:
            keep_settings(home)
    for fields in mine:
        leave_home(Path(fields[5]))
        fields[5] = str(HOME)
    ACCOUNTS.write_text("".join(":".join(fields) + "\n" for fields in accounts))
    HOME.mkdir(parents=True, exist_ok=True)
    os.chown(HOME, UID, GID)


def keep_settings(home: Path) -> None:
    """The image's own .bashrc, .condarc, .Rprofile: its home is out of sight where a participant's is mounted."""
    SKELETON.mkdir(exist_ok=True)
    for file in home.glob(".*"):
        small = file.is_file() and file.stat().st_size <= LARGEST_BYTES
        if small and not file.name.endswith("_history"):
            (SKELETON / file.name).write_bytes(file.read_bytes())


def leave_home(old: Path) -> None:
    """What is written to the image's own home comes to the participant's, unless the image runs programs from there."""
    if old.parent != HOME.parent or old == HOME or old.is_symlink() or old.is_mount():
        return
    if any(f"{old}/" in value for value in (sys.prefix + "/", sys.base_prefix + "/", *os.environ.values())):
        return
    if old.exists():
        # with its owners, which Python's own way forgets between an image's layers
        subprocess.run(["mv", str(old), f"{old}.image"], check=True)
    old.symlink_to(HOME)


if __name__ == "__main__":
    main(sys.argv[1])
