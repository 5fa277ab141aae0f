"""The file system of the lab's machines: Debian 13 like its cloud image, without a kernel. It is made once and kept."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from lab import shared_cache
from lab.machine.lab_ca import LabCa
from lab.shared_cache import exclusive_lock
from pophub.core.contract import BUNDLE_FOLDER, for_bash
from pophub.core.errors import PophubError
from pophub.organizer import paths

SUITE = "trixie"
# what a machine needs of Debian's cloud image to boot and to be reached; install-hub.sh installs the rest:
# https://salsa.debian.org/cloud-team/debian-cloud-images/-/blob/master/config_space/13/package_config/SYSTEM_BOOT
PACKAGES = [
    *("systemd-sysv", "systemd-resolved", "dbus", "udev", "init", "cloud-init", "cloud-guest-utils", "netplan.io"),
    *("dhcpcd-base", "sudo", "python3", "ca-certificates", "curl", "iproute2", "iputils-ping", "netbase"),
    *("e2fsprogs", "fdisk", "less", "procps", "zstd", "unattended-upgrades"),
]
SLIM = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*")
APT_SOURCES = (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d"))
HOST_CERTIFICATES = Path("/usr/local/share/ca-certificates")
BUNDLE_OF_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
# written last: a folder without this file is not complete
COMPLETE = "complete"
KEPT_DAYS = 3
# the lab's changes to Debian: for every kind of machine, and for each kind
SHAPES = Path(__file__).with_name("shapes")
STEPS = paths.CLOUD_INIT / "steps"
# the lines of packages.sh that say what a baked machine has
BAKED = ("DOCKER=", "PACKAGES=", "NFS=")


def base(ca: LabCa) -> Path:
    """The folder with the `root` of a machine that has never booted; made at first use in a minute."""
    files = [SHAPES.with_name("rootfs.sh"), *HOST_CERTIFICATES.glob("*.crt"), ca.certificate]
    made_of = [" ".join(PACKAGES), *shape("every"), *(file.read_text() for file in files)]
    return kept("base", made_of, lambda folder: _build(folder, ca))


def baked(ca: LabCa) -> Path:
    """The folder with `upper`: a layer above `base` that has the packages and the hub environment of install-hub.sh."""
    lower = base(ca)
    packages = [line for line in (STEPS / "packages.sh").read_text().splitlines() if line.startswith(BAKED)]
    own = ("docker.json", "baked.cfg")
    others = (
        STEPS / "environment.sh",
        paths.CLOUD_INIT / "python.sh",
        *(paths.CLOUD_INIT / it for it in own),
        *(paths.HUB_CONFIG / f"requirements-{environment}.txt" for environment in ("hub", "workers")),
    )
    made_of = [lower.name, for_bash(), *packages, *(file.read_text() for file in others)]
    return kept("baked", made_of, lambda folder: _bake(folder, lower))


def shape(kind: str) -> list[str]:
    """The texts of a shape's files, which are part of a kept folder's digest."""
    files = sorted(file for file in (SHAPES / kind).rglob("*") if file.is_file())
    return [f"{file.relative_to(SHAPES)}\n{file.read_text()}" for file in files]


def kept(kind: str, made_of: Iterable[str], make: Callable[[Path], None]) -> Path:
    """A folder of the shared cache; it is made again if `made_of` has changed."""
    digest = hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:12]
    folder = shared_cache.SHARED_CACHE / "machine" / f"{kind}-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(folder.with_suffix(".lock")):
        if not (folder / COMPLETE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / COMPLETE).touch()
            _forget(folder.parent, kind)
    return folder


def _forget(cache: Path, kind: str) -> None:
    """Remove folders of this kind that were not used for days; each has a gigabyte or two."""
    for lock in cache.glob(f"{kind}-*.lock"):
        if time.time() - lock.stat().st_mtime > KEPT_DAYS * 86400:
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink()


def mirrors() -> tuple[str, str]:
    """The addresses of Debian's archive and security archive, from this computer's own apt.

    Raises:
        PophubError: apt here has no archive of Debian.
    """
    files = [APT_SOURCES[0], *APT_SOURCES[1].glob("*.list"), *APT_SOURCES[1].glob("*.sources")]
    text = "\n".join(file.read_text() for file in files if file.is_file())
    found = [address.rstrip("/") for address in re.findall(r"https?://\S+", text)]
    archive = next((url for url in found if url.endswith("/debian")), None)
    if archive is None:
        raise PophubError("this computer's apt knows no archive of Debian", hint="name one in /etc/apt/sources.list.d")
    security = next((url for url in found if url.endswith("/debian-security")), f"{archive}-security")
    return archive, security


def mmdebstrap(target: Path, packages: Sequence[str], *hooks: str) -> None:
    """Install the lab's Debian suite into `target`: a folder, or an archive if its name ends in .tar."""
    archive, security = mirrors()
    asked = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    relaxed = re.findall(r"^Acquire::(?:Check-Valid-Until|Check-Date|https?::Proxy) .*(?=;$)", asked, re.MULTILINE)
    options = [f"--aptopt={option}" for option in (*relaxed, 'APT::Install-Recommends "false"')]
    options += [f"--dpkgopt=path-exclude={pattern}" for pattern in SLIM]
    options += [f"--customize-hook={hook}" for hook in hooks]
    sources = [
        f"deb {archive} {SUITE} main",
        f"deb {archive} {SUITE}-updates main",
        f"deb {security} {SUITE}-security main",
    ]
    include = f"--include={','.join(packages)}"
    command = ["mmdebstrap", "--mode=root", "--variant=minbase", include, *options, SUITE, str(target), *sources]
    run(command, target.with_suffix(".log"))


def run(command: list[str], log: Path) -> None:
    """Run a command until it ends.

    Raises:
        PophubError: the command is missing or failed; the error has its last lines.
    """
    # settings for this user's own pip must not reach the machine
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    try:
        with log.open("wb") as sink:
            code = subprocess.run(command, stdout=sink, stderr=sink, env=environment, check=False).returncode
    except FileNotFoundError as error:
        raise PophubError(f"{command[0]} is not installed", hint=f"apt-get install {command[0]}") from error
    if code:
        words = log.read_text(errors="replace").strip().splitlines()[-5:]
        raise PophubError(f"{command[0]} failed: {' / '.join(words)}", hint=f"its log is {log}")


def trust(root: Path, ca: LabCa) -> None:
    """Let a root file system trust the lab's authority and those that this computer trusts beyond Debian's list."""
    target = root / HOST_CERTIFICATES.relative_to("/")
    target.mkdir(parents=True, exist_ok=True)
    for certificate in [*HOST_CERTIFICATES.glob("*.crt"), ca.certificate]:
        shutil.copy(certificate, target)
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/pip.conf").write_text(f"[global]\ncert = {BUNDLE_OF_CERTIFICATES}\n")


def _build(folder: Path, ca: LabCa) -> None:
    root = folder / "root"
    mmdebstrap(root, PACKAGES)
    trust(root, ca)
    shutil.copytree(SHAPES / "every", root, dirs_exist_ok=True)
    run(["sh", str(SHAPES.with_name("rootfs.sh")), str(root)], folder / "shape.log")


def _bake(folder: Path, lower: Path) -> None:
    bundle = folder / f"upper{BUNDLE_FOLDER}"
    cloud_init = shutil.copytree(paths.CLOUD_INIT, bundle / "cloud-init")
    (cloud_init / "contract.env").write_text(for_bash())
    shutil.copytree(paths.HUB_CONFIG, bundle / "hub-config")
    (folder / "work").mkdir()
    run(
        ["unshare", "--mount", "sh", str(SHAPES.with_name("rootfs_bake.sh")), str(lower / "root"), str(folder)],
        folder / "bake.log",
    )
    shutil.rmtree(folder / f"upper{BUNDLE_FOLDER}")
