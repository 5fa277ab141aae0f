"""Measure the memory of hub and proxy while many people are signed in and work, and the memory of a server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.figures import Figures
from bench.people import bench_event, crowd, visiting
from lab.fake_participant import FakeParticipant
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import MachineLab
from pophub.organizer.deploy.terraform.attempt import Talk

PEOPLE = 50
AT_ONCE = 4
# a server takes some 100 MB before any kernel runs; the reserve is for this computer's other programs
SERVER_MB, RESERVE_MB = 150, 4000
START_SECONDS = 400
# the sum over every process of a unit, in kB
PSS = r"""
for process in $(grep -ls "/$1" /proc/[0-9]*/cgroup); do
    awk '/^Pss:/ { print $2 }' "${process%/cgroup}/smaps_rollup" 2>/dev/null
done | awk '{ sum += $1 } END { print sum }'
"""
UNITS = ("pophub-hub.service", "pophub-proxy.service")
MEMORY = Path("/proc/meminfo")


def measure(folder: Path, talk: Talk) -> list[Figures]:
    """First all people are signed in, then some work; takes minutes."""
    event = bench_event()
    people, names = crowd(event, PEOPLE)
    with MachineLab(event, folder, people=people) as lab, lab.machine() as machine:
        machine.await_open()
        with visiting(machine), ThreadPoolExecutor(AT_ONCE) as pool:
            rows = [("nobody", *taken(machine))]
            participants = [FakeParticipant(machine.url, name) for name in names]
            talk(f"{PEOPLE} people sign in")
            list(pool.map(FakeParticipant.sign_in, participants))
            rows.append((f"{PEOPLE} people signed in", *taken(machine)))
            at_work = participants[: room()]
            talk(f"{len(at_work)} servers start")
            list(pool.map(lambda participant: participant.start_server(seconds=START_SECONDS), at_work))
            rows.append((f"and {len(at_work)} servers", *taken(machine)))
    columns = ("MB (PSS)", "hub", "proxy", "together")
    return [Figures("the hub's memory", columns, tuple(rows))]


def taken(machine: LabMachine) -> tuple[str, ...]:
    """The memory of each unit and of both, in MB."""
    each = [int(machine.run("sh", "-c", PSS, "sh", unit)) / 1024 for unit in UNITS]
    return tuple(f"{megabytes:.0f}" for megabytes in (*each, sum(each)))


def room() -> int:
    """How many servers fit on this computer now."""
    lines = dict(line.split(":") for line in MEMORY.read_text().splitlines())
    free = int(lines["MemAvailable"].split()[0]) // 1024
    return max(1, min(PEOPLE, (free - RESERVE_MB) // SERVER_MB))
