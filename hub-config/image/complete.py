"""Add to an image what a hub needs and the image lacks; runs as root while the image is built: `complete.py all|account`.

It leaves every installed package as it is, except a JupyterHub with another major version than the hub's. `account`
adds no package and uses no network. It runs in the Python that servers use: any version from 3.10 on.
"""

from __future__ import annotations

import importlib.metadata
import json
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
HOME, ROOTS_HOME = Path("/home/jovyan"), Path("/root")
ACCOUNTS = Path("/etc/passwd")
# hub-config/server/home.py copies these files to each new home; files larger than this are left out
SKELETON, LARGEST_BYTES = Path("/etc/skel"), 65536
# the machine's pip, because an image may have none
PIP = HERE / "pip.whl" / "pip"
# only pip's variables for reaching an index are kept; others, like PIP_CONSTRAINT or PIP_USER, were meant for the
# image's build
PIP_VARIABLES = {"PIP_CERT", "PIP_CLIENT_CERT", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PIP_PROXY", "PIP_TRUSTED_HOST"}
# without what server/patches/fast_start.py refuses too: building its grammar takes three seconds
NEEDED_AT_LEAST = """import sys
sys.modules["rfc3987_syntax"] = None
import jupyterhub.singleuser, jupyterlab.labapp"""
# imported once, so that servers find the modules compiled; JupyterLab 3 does not have jupyterlab.extensions
READ_AT_START = f"""{NEEDED_AT_LEAST}
import contextlib
with contextlib.suppress(ImportError):
    import jupyterlab.extensions
import nbgitpuller.handlers"""


def main(adds: str) -> None:
    """Add Git, the packages and the account."""
    require_python_for_everybody()
    if adds == "all":
        if not shutil.which("git"):
            install_git()
        add_packages(HERE / "requirements-server.txt")
        read_modules(READ_AT_START)
    else:
        read_modules(NEEDED_AT_LEAST)
    make_account()


def require_python_for_everybody() -> None:
    """Participants use the same python3 as root.

    Root can also run one below /root, and participants would then get another python3, without the image's packages.
    """
    first = shutil.which("python3") or sys.executable
    try:
        subprocess.run([first, "-s", "-c", ""], user=UID, group=GID, extra_groups=[], check=True)
    except (OSError, subprocess.CalledProcessError):
        sys.exit(
            f"only root can run {first}: it, and what it links to, must be readable for user {UID}, not below /root"
        )


def install_git() -> None:
    """Install Git from the image's own distribution. Without Git the event's content is missing, but everything else works."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for program, *commands in INSTALL_GIT:
        if shutil.which(program):
            for command in commands:
                subprocess.run([program, *command.split()], env=environment, check=True)
            shutil.rmtree("/var/lib/apt/lists", ignore_errors=True)
            return
    print("the image has neither git nor a way to add it: the event's content cannot be fetched")  # noqa: T201


INSTALL_GIT = (
    ("apt-get", "-qq update", "-qq install --yes --no-install-recommends git ca-certificates"),
    ("apk", "add --quiet --no-cache git ca-certificates"),
    ("dnf", "install --quiet --assumeyes git-core"),
    ("microdnf", "install --assumeyes git-core"),
)


def add_packages(requirements: Path) -> None:
    """Install the missing packages of the hash-locked list, and no dependency that is not in the list."""
    missing = [entry for entry in entries(requirements.read_text()) if is_missing(entry)]
    if not missing:
        return
    environment = {name: it for name, it in os.environ.items() if not name.startswith("PIP_") or name in PIP_VARIABLES}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(missing))
        file.flush()
        pip = [sys.executable, "-s", str(PIP), "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check"]
        network = ["--retries", "2", "--timeout", "20"]
        wanted = ["--no-deps", "--require-hashes", "--requirement", file.name]
        subprocess.run([*pip, *network, *beside_a_distribution(), *wanted], env=environment, check=True)


def read_modules(program: str) -> None:
    """Check that a server can import what it needs; if not, print which of the image's packages have a wrong version."""
    try:
        subprocess.run([sys.executable, "-s", "-c", program], check=True)
    except subprocess.CalledProcessError:
        check = [sys.executable, "-s", str(PIP), "--disable-pip-version-check", "check"]
        conflicts = subprocess.run(check, capture_output=True, text=True, check=False).stdout.splitlines()
        ours = {entry.partition("==")[0] for entry in entries((HERE / "requirements-server.txt").read_text())}
        print(*(line for line in conflicts if line.partition(" ")[0] in ours), sep="\n", flush=True)  # noqa: T201
        raise


def beside_a_distribution() -> list[str]:
    """Pip's options for a Python that a Linux distribution manages: add packages, but remove none of the distribution's.

    https://packaging.python.org/en/latest/specifications/externally-managed-environments/
    """
    is_environment = sys.prefix != sys.base_prefix
    managed = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists() and not is_environment
    return ["--break-system-packages", "--ignore-installed"] if managed else []


def entries(text: str) -> list[str]:
    """The list's packages, each with its hashes."""
    return re.findall(r"^[A-Za-z0-9].*?(?=^[A-Za-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)


def is_missing(entry: str) -> bool:
    """Whether a package of the list is missing; any installed version counts, except for JupyterHub's major version."""
    name, wanted = re.split(r"==", entry.split(maxsplit=1)[0].rstrip(";"))
    try:
        there = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return True
    return name == "jupyterhub" and there.split(".")[0] != wanted.split(".")[0]


def make_account() -> None:
    """Set the account's home to the place where the participant's home is mounted: ssh and RStudio ignore HOME."""
    accounts = [line.split(":") for line in ACCOUNTS.read_text().splitlines()]
    mine = [fields for fields in accounts if fields[2:3] == [str(UID)]]
    if not mine:
        accounts.append(["jovyan", "x", str(UID), str(GID), "", str(HOME), "/bin/bash"])
    homes = {*(Path(fields[5]) for fields in mine), HOME}
    for home in sorted(homes):
        if home.parent == HOME.parent:
            require_packages_elsewhere(home)
            keep_settings(home)
    for home in sorted(homes | {ROOTS_HOME}):
        keep_kernels(home)
    for fields in mine:
        leave_home(Path(fields[5]))
        fields[5] = str(HOME)
    ACCOUNTS.write_text("".join(":".join(fields) + "\n" for fields in accounts))
    HOME.mkdir(parents=True, exist_ok=True)
    os.chown(HOME, UID, GID)


def keep_settings(home: Path) -> None:
    """Keep the image's own .bashrc, .condarc and .Rprofile: the participant's home is mounted over the image's."""
    SKELETON.mkdir(exist_ok=True)
    for file in home.glob(".*"):
        small = file.is_file() and file.stat().st_size <= LARGEST_BYTES
        if small and not file.name.endswith("_history"):
            (SKELETON / file.name).write_bytes(file.read_bytes())


def require_packages_elsewhere(home: Path) -> None:
    """Refuse packages in the home, where pip puts them for users other than root and with --user."""
    for package in home.glob(".local/lib/python*/site-packages/*.dist-info"):
        sys.exit(
            f"its packages in {package.parent} cannot be seen by servers, because each participant has a home of their own: "
            "install them as root (USER root), without --user"
        )


def keep_kernels(home: Path) -> None:
    """Keep kernels that were installed with --user, as IRkernel and IJulia do by default."""
    for file in sorted(home.glob(".local/share/jupyter/kernels/*/kernel.json")):
        name = file.parent.name
        try:
            command = [str(word) for word in json.loads(file.read_text())["argv"]]
        except (ValueError, KeyError, TypeError):
            # Jupyter ignores it as well
            continue
        is_hidden = home in (HOME, ROOTS_HOME) or (home.parent == HOME.parent and not is_run_from(home))
        if is_hidden and any(word.startswith(f"{home}/") for word in command):
            sys.exit(f"its kernel {name} runs from {home}, which participants' servers do not see")
        there = Path(sys.prefix, "share/jupyter/kernels", name)
        there.mkdir(parents=True, exist_ok=True)
        for part in filter(Path.is_file, file.parent.iterdir()):
            (there / part.name).write_bytes(part.read_bytes())


def leave_home(old: Path) -> None:
    """Redirect the image's own home to the participant's, unless the image runs programs from there."""
    if old.parent != HOME.parent or old == HOME or old.is_symlink() or old.is_mount():
        return
    if is_run_from(old):
        return
    if old.exists():
        # mv keeps the owners; Python's own move loses them between an image's layers
        subprocess.run(["mv", str(old), f"{old}.image"], check=True)
    old.symlink_to(HOME)


def is_run_from(home: Path) -> bool:
    """Whether the image's Python or other programs are in this home."""
    return any(f"{home}/" in value for value in (sys.prefix + "/", sys.base_prefix + "/", *os.environ.values()))


if __name__ == "__main__":
    main(sys.argv[1])
