"""Measure a server's start, from the click to JupyterLab's page: plain JupyterHub compared with pophub.

Both are measured in one run on one machine, because this computer also does other work.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.figures import Figures, spread
from bench.people import bench_event, visiting
from lab.fake_participant import FakeParticipant
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import MachineLab
from lab.wait import wait_until
from pophub.core.contract import BUNDLE_FOLDER
from pophub.organizer.deploy.terraform.attempt import Talk

STARTS = 7
PERSON = "ada"
ESCAPE_HATCH = f"{BUNDLE_FOLDER}/hub-config/config.d/50-bench.py"
STOCK = """
c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
c.DockerSpawner.image = event["server"]["image"]
c.DockerSpawner.cmd = ["jupyterhub-singleuser"]
c.Spawner.environment = {}
"""
# the processor time of a container's processes in nanoseconds, with version 1 or 2 of cgroups
USED = r"""
id=$(docker inspect --format '{{.Id}}' "jupyter-$1")
file=$(find /sys/fs/cgroup/ -path "*$id*" \( -name cpuacct.usage -o -name cpu.stat \) 2>/dev/null | sort -r | head -n 1)
awk '/^[0-9]+$/ { print } /^usage_usec/ { print $2 * 1000 }' "$file"
"""


def measure(folder: Path, talk: Talk) -> list[Figures]:
    """Some starts each way; takes minutes."""
    with MachineLab(bench_event(), folder) as lab, lab.machine() as machine:
        talk("the machine boots")
        machine.await_open()
        with visiting(machine):
            rows = [starts("as pophub has it", machine, talk)]
            with stock_servers(machine):
                rows.append(starts("stock: image, command, DockerSpawner", machine, talk))
    columns = (f"click to /lab, {STARTS} starts", "median s", "min s", "max s", "CPU-seconds")
    return [Figures("one server at a time", columns, tuple(rows))]


@contextmanager
def stock_servers(machine: LabMachine, settings: str = STOCK) -> Iterator[None]:
    """For a while, the hub starts servers as it would without pophub's settings, or with others."""
    machine.run("sh", "-c", 'mkdir -p "${1%/*}"; printf "%s" "$2" >"$1"', "sh", ESCAPE_HATCH, settings)
    machine.run("systemctl", "restart", "pophub-hub")
    machine.await_open()
    try:
        yield
    finally:
        machine.run("rm", ESCAPE_HATCH)
        machine.run("systemctl", "restart", "pophub-hub")
        machine.await_open()


def starts(what: str, machine: LabMachine, talk: Talk) -> tuple[str, ...]:
    """Some starts, one after the other: their spread in seconds, and processor seconds of each."""
    seconds, used = [], []
    for number in range(STARTS):
        talk(f"{what}: start {number + 1} of {STARTS}")
        participant = FakeParticipant(machine.url, PERSON)
        participant.sign_in()
        begin = time.monotonic()
        participant.start_server()
        seconds.append(time.monotonic() - begin)
        used.append(int(machine.run("sh", "-c", USED, "sh", PERSON)) / 1e9)
        participant.sign_out()
        wait_until(lambda: PERSON not in machine.run("docker", "ps", "--all"), 60, "the container is gone")
    return (what, *spread(seconds), f"{median(used):.2f}")
