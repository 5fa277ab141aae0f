"""Measure the shortest possible start of a hub: bare machines boot, and one installs the same programs in parallel."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace

from lab.machine.container import ContainerMachine
from lab.machine.machine_lab import MachineLab
from lab.wait import wait_until
from pophub.organizer import paths
from pophub.organizer.deploy.terraform.attempt import Talk

BOOT_SECONDS, FETCH_SECONDS = 120, 600
# user data that asks for nothing
NOTHING = "#cloud-config\n{}\n"
LIST = "/root/requirements-hub.txt"
PROGRAMS = '. "$1/steps/packages.sh"; echo caddy "${PACKAGES[@]}"'
# the commands of cloud-init/ without its checks; each begins as early as possible
FETCH = r"""
set -eu
export DEBIAN_FRONTEND=noninteractive
list=$1 image=$2
shift 2
get() { apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" >/dev/null; }
apt-get -qq update
get python3-venv
{
    python3 -m venv --without-pip /root/hub
    /root/hub/bin/python "$(find /usr/share/python-wheels -name 'pip-*.whl')/pip" install --quiet --no-cache-dir \
        --disable-pip-version-check --only-binary :all: --no-deps --require-hashes --requirement "$list"
} &
pip=$!
get docker.io docker-cli iptables
docker pull --quiet "$image" >/dev/null &
pull=$!
get "$@"
wait "$pip"
wait "$pull"
"""
RUNS = ("running", "degraded")


@dataclass(frozen=True, slots=True)
class Floor:
    """Seconds since a machine was switched on: until a pre-baked one has booted, and until a bare one has everything."""

    booted: float
    fetched: float


def measure_floor(lab: MachineLab, talk: Talk) -> Floor:
    """One machine of each kind; takes two minutes."""
    asked_for_nothing = replace(lab.instance, user_data=NOTHING)
    talk("a pre-baked machine boots, and does nothing")
    with lab.machine(asked_for_nothing) as machine:
        booted = _booted(machine)
    talk("a bare machine boots")
    with lab.machine(asked_for_nothing, baked=False) as machine:
        _booted(machine)
        talk("the bare machine fetches the same packages, environment and image")
        shutil.copy(paths.HUB_CONFIG / "requirements-hub.txt", machine.root / LIST.lstrip("/"))
        machine.run("bash", "-c", FETCH, "bash", LIST, lab.event.server.image, *programs(), seconds=FETCH_SECONDS)
        return Floor(booted, machine.seconds)


def programs() -> list[str]:
    """Debian's packages of a hub."""
    command = ("bash", "-c", PROGRAMS, "bash", str(paths.CLOUD_INIT))
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def _booted(machine: ContainerMachine) -> float:
    """Wait until systemd has started everything, with cloud-init."""
    look = ("systemctl", "is-system-running")
    wait_until(lambda: machine.run(*look, check=False).strip() in RUNS, BOOT_SECONDS, "the bare machine has booted")
    return machine.seconds
