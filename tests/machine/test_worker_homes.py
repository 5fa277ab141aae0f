"""Homes over NFS, on a machine with a kernel that has it: the hub's exports, mounted by the hub itself as a worker does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lab.machine.disk import HomeVolume
from lab.machine.machine_lab import MachineLab
from lab.machine.virtual import VirtualMachine
from lab.wait import wait_until
from pophub.core.contract import (
    BUNDLE_FOLDER,
    FIRST_ID,
    HOMES_FOLDER,
    HUB_FOLDER,
    HUB_PRIVATE_ADDRESS,
    SERVED_FOLDER,
    SERVER_GID,
    SERVER_UID,
    WORKERS_FOLDER,
)
from pophub.core.errors import PophubError
from pophub.organizer.event.event_file import load_event

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]
PATIENCE = 3000
# what takes a moment takes half a minute on an emulated processor that has a fifth of a real one
LONGEST_STEP = 300
INSTALL = "systemctl, enable, --now, --no-block, pophub-install"
HOME, MOUNTED = f"{HOMES_FOLDER}/ada", "/mnt/home/ada"
# as hub-config/sections/homes.py makes it and sweeps it
MAKE = f"""
import os, sys
from pathlib import Path
sys.path[:0] = ["{BUNDLE_FOLDER}/hub-config", "{BUNDLE_FOLDER}"]
from sections import homes, quota
home = Path("{HOME}")
if sys.argv[1] == "make":
    home.mkdir(mode=0o700)
    os.chown(home, {FIRST_ID + SERVER_UID}, {FIRST_ID + SERVER_GID})
    quota.give_project(home)
else:
    homes.remove_hidden(home)
"""
# a person's process, at a worker
AS_ADA = ("setpriv", f"--reuid={FIRST_ID + SERVER_UID}", f"--regid={FIRST_ID + SERVER_GID}", "--clear-groups")
FULL = "No space left on device"
# the steps that matter here, without the rest of the hub
EXPORT = f"""
set -eu
/usr/local/sbin/pophub-fetch-bundle {BUNDLE_FOLDER}
cd {BUNDLE_FOLDER}/cloud-init
sed '$d' install-hub.sh >steps-only.sh
. ./steps-only.sh
mkdir -p "$RUN" "$STATE/started"
WORK=$(mktemp -d -p "$RUN")
mount_home_volume
limit_homes
install -d -m 711 "$HOMES_FOLDER"
install -d -m 2775 "$SHARED_FOLDER"
nfs_programs
export_homes
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualMachine]:
    event = load_event(Path("tests/cloud_init/manyweek.yaml"))
    with MachineLab(event, tmp_path_factory.mktemp("lab")) as lab, HomeVolume(8) as home:
        assert INSTALL in lab.instance.user_data
        idle = replace(lab.instance, user_data=lab.instance.user_data.replace(INSTALL, "/usr/bin/true"))
        with lab.equip(VirtualMachine(lab.event, idle, lab.backends, home=home)) as machine:
            wait_until(lambda: is_up(machine), PATIENCE, "the machine is up")
            machine.run("bash", "-c", EXPORT, seconds=PATIENCE)
            log.info("the homes were exported after %.0f s", machine.seconds)
            machine.run("python3", "-c", MAKE, "make")
            machine.run("xfs_quota", "-x", "-c", "limit -p bhard=30m ihard=500 1", "/srv")
            for folder in (HOMES_FOLDER, SERVED_FOLDER, WORKERS_FOLDER):
                assert mount(machine, folder) == ""
            yield machine


def is_up(machine: VirtualMachine) -> bool:
    # the agent inside comes late on a busy computer
    with suppress(PophubError):
        return "done" in machine.run("cloud-init", "status", check=False)
    return False


def mount(machine: VirtualMachine, folder: str, options: str = "") -> str:
    """Mount an export with the options that a worker uses; with others elsewhere. Returns what went wrong."""
    words = f"""
. {BUNDLE_FOLDER}/cloud-init/steps/worker_homes.sh
place=/mnt${{2:+/other}}/$(basename "$1")
mkdir -p "$place"
mount -t nfs -o "${{2:-${{MOUNT_OPTIONS%%,_netdev*}}}}" "{HUB_PRIVATE_ADDRESS}:$1" "$place"
"""
    return machine.run("bash", "-c", words, "bash", folder, options, check=False)


@pytest.mark.parametrize("version", ["3,nolock", "4.0", "4.1"])
def test_only_version_4_2_is_served(machine: VirtualMachine, version: str) -> None:
    refused = mount(machine, HOMES_FOLDER, f"vers={version},retry=0")
    assert "not supported" in refused or "Connection refused" in refused


def test_what_is_not_exported_cannot_be_mounted(machine: VirtualMachine) -> None:
    assert "No such file or directory" in mount(machine, HUB_FOLDER, "vers=4.2,retry=0")


def test_a_full_home_takes_no_more_and_its_owner_can_delete(machine: VirtualMachine) -> None:
    fill = ("dd", "if=/dev/zero", f"of={MOUNTED}/big", "bs=1M", "count=60", "conv=fsync")
    # without write=wait, one home in four stayed full
    for _ in range(4):
        assert f"error writing '{MOUNTED}/big': {FULL}" in machine.run(*AS_ADA, *fill, check=False)
        # what the person sees is their own limit
        assert machine.run("df", "--output=size", "--block-size=1M", MOUNTED).split()[1] == "30"
        machine.run(*AS_ADA, "rm", f"{MOUNTED}/big")
        wait_until(lambda: used(machine) < 1000, LONGEST_STEP, "the home has room again")
    machine.run(*AS_ADA, "sh", "-c", f"echo again >{MOUNTED}/small")
    assert machine.run("cat", f"{HOME}/small") == "again\n"


def used(machine: VirtualMachine) -> int:
    """The KiB of ada's project."""
    lines = machine.run("xfs_quota", "-x", "-c", "report -p -n -N", "/srv").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("#1 "))


def test_a_home_takes_so_many_files_and_no_more(machine: VirtualMachine) -> None:
    make = f"mkdir {MOUNTED}/many; cd {MOUNTED}/many; seq 700 | xargs touch 2>/dev/null; ls | wc -l"
    assert int(machine.run(*AS_ADA, "sh", "-c", make, check=False).split()[-1]) < 500
    machine.run(*AS_ADA, "rm", "-r", f"{MOUNTED}/many")


def test_a_workers_root_writes_its_report_and_nothing_else(machine: VirtualMachine) -> None:
    machine.run("sh", "-c", "echo '{}' >/mnt/workers/i-1.json")
    assert machine.run("stat", "-c", "%U", f"{WORKERS_FOLDER}/i-1.json") == "nobody\n"
    for place in (MOUNTED, "/mnt/home", "/mnt/served"):
        assert "cannot touch" in machine.run("touch", f"{place}/root", check=False)
    assert "Permission denied" in machine.run("cat", f"{MOUNTED}/small", check=False)


def test_what_nfs_hides_for_a_program_is_swept_also_while_the_program_runs(machine: VirtualMachine) -> None:
    """As after a worker that was cut off: the hub's start of a server does not wait for it."""
    hold = f"exec 3>{MOUNTED}/held; head -c 5M /dev/zero >&3; rm {MOUNTED}/held; sleep 1000"
    machine.run("systemd-run", "--unit=hold", *AS_ADA, "sh", "-c", hold)
    listing = ("find", HOME, "-name", ".nfs*")
    wait_until(lambda: machine.run(*listing), LONGEST_STEP, "NFS hides the file")
    assert used(machine) > 5000
    machine.run("python3", "-c", MAKE, "sweep")
    assert machine.run(*listing) == ""
    wait_until(lambda: used(machine) < 1000, LONGEST_STEP, "the home has room again")
    assert machine.run("systemctl", "is-active", "hold") == "active\n"
    machine.run("systemctl", "kill", "--signal=SIGKILL", "hold")
