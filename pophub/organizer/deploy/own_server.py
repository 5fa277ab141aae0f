"""The event's hub on a server outside of EC2: writes its bundle and secrets, and checks the machine.

cloud-init/install-hub.sh does the installation, as on EC2.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pophub.core import contract
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy import hub_secrets
from pophub.organizer.deploy.bundle import Bundle, build_bundle, unpack
from pophub.organizer.deploy.given_secrets import given_secrets
from pophub.organizer.plan.plan import Plan

# the paths in which the machine's units expect them
BUNDLE = Path(contract.BUNDLE_FOLDER)
SECRETS = Path(contract.SETTINGS_FOLDER, contract.SECRETS_FILE)
OS_RELEASE = Path("/etc/os-release")
# Debian 13 is the first release with packages of docker-cli and of a configurable-http-proxy for a supported Node.js
OLDEST_DEBIAN = 13
INSTALL = Path("cloud-init") / "install-hub.sh"


@dataclass(frozen=True, slots=True)
class Installation:
    """What will be installed on this machine. The two paths differ from the defaults only in tests."""

    plan: Plan
    secrets: Mapping[str, str] = field(repr=False)
    bundle: Path = BUNDLE
    secrets_file: Path = SECRETS

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """The lines to show before the installation starts."""
        names = ", ".join(self.secrets)
        return (
            ("bundle", str(self.bundle)),
            ("secrets", f"{names} into {self.secrets_file}, for root alone" if names else "as they are on the machine"),
            ("then", str(self.bundle / INSTALL)),
        )


def write_bundle(plan: Plan, folder: Path) -> Path:
    """Write the bundle as a folder to look at or to copy; it replaces an earlier folder."""
    return _unpack(build_bundle(plan), folder)


def place_bundle(plan: Plan, link: Path) -> Path:
    """Write the bundle where a hub runs from it; running servers continue to read the earlier one.

    It uses the same folders and link as pophub/hub/install/fetch_bundle.py.
    """
    new = build_bundle(plan)
    version = link.with_name(f"{link.name}s") / new.sha256[:12]
    if not version.exists():
        _unpack(new, version)
    turned = link.with_name(f"{link.name}.new")
    turned.unlink(missing_ok=True)
    turned.symlink_to(version.relative_to(link.parent))
    turned.rename(link)
    return link


def _unpack(content: Bundle, folder: Path) -> Path:
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    unpack(content.content, new)
    shutil.rmtree(folder, ignore_errors=True)
    return new.rename(folder)


def plan_installation(
    plan: Plan, *, environ: Mapping[str, str], root: bool, os_release: str, kept: Container[str]
) -> Installation:
    """What to install. `os_release` is the text of that file, `kept` the names of the secrets already on the machine.

    Raises:
        PophubError: the event has workers, the machine is not a Debian, the user is not root, or secrets are missing.
    """
    event = plan.event
    if plan.workers is not None:
        raise PophubError(
            "workers are AWS machines, which AWS starts and ends; a server of your own has none",
            hint="leave `workers` out of the event file",
            field="workers",
        )
    _check_machine(os_release)
    if not root:
        raise PophubError(
            "only root can install a hub", hint=f"sudo --preserve-env make install_jupyterhub EVENT={event.name}"
        )
    # the organizer puts the certificate's files at the paths that the event file names
    names = hub_secrets.names_in_hub(event)
    if all(name.upper() in kept and not environ.get(name.upper()) for name in names):
        return Installation(plan, {})
    secrets = given_secrets(event, names, environ, then="install again")
    return Installation(plan, {name.upper(): value for name, value in secrets.items()})


def kept_secrets(file: Path = SECRETS) -> frozenset[str]:
    """The names of the secrets that an earlier installation wrote on this machine.

    Raises:
        PophubError: only root can read them.
    """
    try:
        text = file.read_text() if file.exists() else ""
    except PermissionError as error:
        raise PophubError(f"only root can read {file}", hint="the same command with sudo --preserve-env") from error
    return frozenset(re.findall(r"^(\w+)=.", text, re.MULTILINE))


def install(
    this: Installation,
    run: Callable[[list[str]], int] = lambda command: subprocess.run(command, check=False).returncode,
) -> str:
    """Install, and return the text to show at the end.

    Raises:
        PophubError: install-hub.sh failed; its output says why.
    """
    place_bundle(this.plan, this.bundle)
    if this.secrets:
        _write_secrets(this)
    if code := run([str(this.bundle / INSTALL)]):
        raise PophubError(
            f"install-hub.sh failed with exit code {code}; the lines above say why",
            hint="once the cause is gone, the same command goes on where it stopped",
            code=ExitCode.REFUSED,
        )
    return f"{this.plan.event.name} is open; its logs: journalctl -u pophub-hub -u pophub-proxy -u caddy"


def _check_machine(os_release: str) -> None:
    release = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    known = {key: "".join(shlex.split(value)) for key, value in release.items()}
    name, version = known.get("ID", "unknown"), known.get("VERSION_ID", "")
    if name != "debian" or not version.isdigit() or int(version) < OLDEST_DEBIAN:
        raise PophubError(
            f"this machine is {known.get('PRETTY_NAME', name)}, and a hub needs Debian {OLDEST_DEBIAN} or newer",
            hint=f"run this on a Debian {OLDEST_DEBIAN} server; to look at what would land there: make config EVENT=…",
        )


def _write_secrets(this: Installation) -> None:
    """In systemd's format: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile="""
    escaped = {name: value.replace("\\", r"\\").replace('"', r"\"") for name, value in this.secrets.items()}
    this.secrets_file.parent.mkdir(parents=True, exist_ok=True)
    new = this.secrets_file.with_name(f"{this.secrets_file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f'{name}="{value}"\n' for name, value in escaped.items())
    new.rename(this.secrets_file)
