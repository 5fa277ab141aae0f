"""Nothing of a machine stays on this computer, whatever happens to whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab.machine.folder import MachineFolder
from lab.machine.machine_lab import MachineLab
from lab.shared_cache import SHARED_CACHE
from lab.wait import wait_until
from tests.cloud_init.conftest import GEOWEEK

pytestmark = pytest.mark.machine
START = f"""
import sys
from pathlib import Path
from pophub.organizer.event.event_file import load_event
from lab.machine.instance import Instance
from lab.machine.container import ContainerMachine
event = load_event(Path({str(GEOWEEK)!r}))
machine = ContainerMachine(event, Instance.of(event), {{"quay.io": 1}})
print(machine.folder.path, flush=True)
sys.stdin.read()
"""


def settings_of_the_host() -> tuple[str, ...]:
    """What must stay as it is: forwarding, addresses, routes, firewall, mounts of ours."""
    asked = ("ip addr", "ip route", "nft list ruleset", "ip netns")
    said = [subprocess.run(line.split(), capture_output=True, text=True, check=False).stdout for line in asked]
    mounts = [line for line in Path("/proc/mounts").read_text().splitlines() if str(SHARED_CACHE) in line]
    return (*said, Path("/proc/sys/net/ipv4/ip_forward").read_text(), *mounts)


def processes(word: str) -> list[int]:
    """Those whose command line has a word in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if word in (entry / "cmdline").read_bytes().decode(errors="replace"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_a_machine_goes_with_its_killed_owner(lab: MachineLab) -> None:
    before = settings_of_the_host()
    owner = subprocess.Popen([sys.executable, "-c", START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    folder = owner.stdout.readline().strip()
    assert processes(folder)
    os.kill(owner.pid, signal.SIGKILL)
    owner.communicate()
    wait_until(lambda: not processes(folder), 60, "everything of the machine has ended")
    MachineFolder().remove()
    assert not Path(folder).exists()
    assert not list(Path("/sys/fs/cgroup").glob(f"*/pophub-{Path(folder).name}"))
    assert settings_of_the_host() == before
