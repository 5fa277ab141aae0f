"""Measure the start of a session: fifty people click at once, with and without running servers; and how soon a hub opens."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

import requests

from bench.figures import Figures
from bench.floor import Floor, measure_floor
from bench.memory import PEOPLE, room
from bench.people import bench_event, crowd, visiting
from bench.spawn import USED, starts, stock_servers
from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.machine_lab import MachineLab
from lab.wait import wait_until
from pophub.core.contract import BUNDLE_FOLDER, SETTINGS_FOLDER, WATCH_TOKEN, WATCH_TOKEN_FILE
from pophub.core.errors import PophubError
from pophub.organizer.deploy.terraform.attempt import Talk

SIGN_IN_AT_ONCE = 4
LONGEST_SECONDS = 600
# lab/machine/boot.sh makes the machine's group there
CPU = Path("/sys/fs/cgroup/cpuacct")
LIMITS = {"with": "3", "without": "60", "cpu": "0.7", "ratio": "1.3"}
# as cost-watch does it before a session, with its token and its permissions
PRESTART = f"""
import os, sys, time
sys.path.insert(0, {BUNDLE_FOLDER!r})
from pophub.hub.hub_api import HubApi
api, names = HubApi("http://127.0.0.1:8000", os.environ[{WATCH_TOKEN!r}], 300), set(sys.argv[1:])
if problems := [problem for _, problem in api.start(sorted(names)) if problem]:
    sys.exit(problems[0])
while names - {{it["name"] for it in api.users() if any(server["ready"] for server in it["servers"].values())}}:
    time.sleep(0.5)
"""
USED_BY_EACH = 'for name in $(docker ps --format "{{.Names}}"); do set -- "${name#jupyter-}"' + USED + "done"
AS_WATCH = f'set -a; . {SETTINGS_FOLDER}/{WATCH_TOKEN_FILE}; exec python3 -B -c "$@"'


class Visitor(FakeParticipant):
    """Records what the waiting page shows."""

    def __init__(self, hub_url: str, person: str) -> None:
        super().__init__(hub_url, person)
        self.heard: list[str] = []

    def _progress(self, seconds: float) -> Iterator[dict[str, Any]]:
        for step in super()._progress(seconds):
            self.heard.append(str(step.get("message", "")))
            yield step

    def click(self) -> None:
        """Open the hub's address, which leads to the running server.

        Raises:
            Refused: somebody reads an error.
            PophubError: it leads elsewhere.
        """
        answer = self._accepted(self.get("/"))
        if not urlsplit(answer.url).path.startswith(f"/user/{self.name}/lab"):
            raise PophubError(f"the click of {self.name} led to {answer.url}")


@dataclass(frozen=True, slots=True)
class Rush:
    """Everybody's seconds from the click to JupyterLab, what failed, and processor seconds of the machine and the visitors."""

    seconds: Sequence[float]
    failures: Sequence[str]
    machine: float
    visitors: float

    def rows(self, name: str) -> Iterator[tuple[str, str]]:
        """The figures as text."""
        yield f"{name}: median, p95, last, s", ", ".join(f"{it:.1f}" for it in spread_of(self.seconds))
        yield f"{name}: errors", f"{len(self.failures)} {' '.join(self.failures[:1])}".strip()
        yield f"{name}: CPU-seconds of machine; visitors", f"{self.machine:.1f}; {self.visitors:.1f}"


def spread_of(seconds: Sequence[float]) -> tuple[float, float, float]:
    """The median, the 95th of 100, the last."""
    if len(seconds) < 2:
        return (max(seconds, default=0.0),) * 3
    return median(seconds), quantiles(seconds, n=100, method="inclusive")[94], max(seconds)


def measure(folder: Path, talk: Talk) -> list[Figures]:
    """A bare machine, one from nothing, and a pre-baked one with all the people; takes many minutes."""
    event = bench_event()
    people, names = crowd(event, min(PEOPLE, room()))
    with MachineLab(event, folder, people=people) as lab:
        floor = measure_floor(lab, talk)
        talk("the hub's machine boots from nothing")
        with lab.machine(baked=False) as machine:
            healthy = machine.await_open()
        talk("the pre-baked one boots")
        with lab.machine() as machine:
            baked = machine.await_open()
            with visiting(machine):
                clicks = tuple(at_nine(machine, names, talk))
                ours = starts("as pophub has it", machine, talk)
                with stock_servers(machine):
                    stock = starts("stock: image, command, DockerSpawner", machine, talk)
    columns = ("click to /lab, one at a time", "median s", "min s", "max s", f"CPU-seconds (limit {LIMITS['cpu']})")
    return [
        boots(floor, healthy, baked),
        Figures(f"{len(names)} people at nine; load {os.getloadavg()[2]:.1f}", ("", ""), clicks),
        Figures("a start", columns, (ours, stock)),
    ]


def boots(floor: Floor, healthy: float, baked: float) -> Figures:
    """A hub's start beside its floor."""
    rows = (
        ("from nothing", f"{healthy:.1f}", f"{floor.fetched:.1f}", f"{healthy / floor.fetched:.2f}"),
        ("pre-baked", f"{baked:.1f}", f"{floor.booted:.1f}", f"{baked / floor.booted:.2f}"),
    )
    return Figures("a boot", ("switched on to healthy", "s", "floor s", f"ratio (limit {LIMITS['ratio']})"), rows)


def at_nine(machine: ContainerMachine, names: list[str], talk: Talk) -> Iterator[tuple[str, str]]:
    """The figures of both ways."""
    people = [Visitor(machine.url, name) for name in names]
    talk(f"{len(people)} people sign in")
    with ThreadPoolExecutor(SIGN_IN_AT_ONCE) as pool:
        list(pool.map(Visitor.sign_in, people))
    talk("their servers start before nine")
    begin = time.monotonic()
    machine.run("sh", "-c", AS_WATCH, "sh", PRESTART, *names, seconds=LONGEST_SECONDS)
    yield "before nine: all servers run, s", f"{time.monotonic() - begin:.1f}"
    talk("everybody clicks, and the servers run")
    yield from rush(machine, people, Visitor.click).rows(f"with prestart (limit {LIMITS['with']} s)")
    talk("their servers stop")
    stop_all(machine, people)
    talk("everybody clicks, and no server runs")
    opened = rush(machine, people, lambda person: person.start_server(seconds=LONGEST_SECONDS))
    yield from opened.rows(f"without (limit {LIMITS['without']} s)")
    used = [int(it) / 1e9 for it in machine.run("sh", "-c", USED_BY_EACH).split()]
    yield "CPU-seconds of a server among them, median", f"{median(used):.2f}"
    waited = [next((it for it in person.heard if "in the queue" in it), "") for person in people]
    yield f"read their place: {sum(map(bool, waited))}, the last one", max(waited, key=_place)


def rush(machine: ContainerMachine, people: Sequence[Visitor], step: Callable[[Visitor], None]) -> Rush:
    """Everybody does the same at the same moment."""
    failures: list[str] = []

    def one(person: Visitor) -> float | None:
        begin = time.monotonic()
        try:
            step(person)
        except (PophubError, requests.RequestException) as error:
            failures.append(f"{person.name}: {error}"[:200])
            return None
        return time.monotonic() - begin

    before, own = cpu_seconds(machine), time.process_time()
    with ThreadPoolExecutor(len(people)) as pool:
        seconds = [it for it in pool.map(one, people) if it is not None]
    return Rush(seconds, failures, cpu_seconds(machine) - before, time.process_time() - own)


def cpu_seconds(machine: ContainerMachine) -> float:
    """What everything in the machine has used of the processors since it was made."""
    return int((CPU / machine.folder.group / "cpuacct.usage").read_text()) / 1e9


def stop_all(machine: ContainerMachine, people: Sequence[Visitor]) -> None:
    """Stop each server, and wait until no container is left."""
    with ThreadPoolExecutor(SIGN_IN_AT_ONCE) as pool:
        list(pool.map(lambda person: person.ask_api("DELETE", f"users/{person.name}/server"), people))
    wait_until(lambda: not machine.run("docker", "ps", "--quiet").strip(), LONGEST_SECONDS, "no server runs")


def _place(words: str) -> int:
    return int("".join(filter(str.isdigit, words.partition(".")[0])) or 0)
