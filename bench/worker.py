"""Measure workers: from birth to Ready, a server's start beside one on the hub's machine, and many that wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.figures import Figures, spread
from bench.people import bench_event, visiting
from bench.spawn import PERSON, STARTS, stock_servers
from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import MachineLab
from lab.machine.worker import LabWorker
from lab.wait import wait_until
from pophub.core.contract import SWARM_IMAGE, SWARM_NETWORK
from pophub.organizer.deploy.terraform.attempt import Talk
from pophub.organizer.event.sections import Workers

READY_SECONDS = 300
LOOK_SECONDS = 0.5
WAITING = 500
KINDS: dict[str, dict[str, Any]] = {
    "bare Debian": {"baked": False, "has_layers": False},
    "pre-baked": {"has_layers": False},
    "pre-baked, with the image": {},
}
ONE_MACHINE = """
from sections.containers import Container
c.JupyterHub.spawner_class = Container
"""
# what the hub asks for at a start, of more memory than any worker has
WAIT = f"""
create() {{
    docker service create --quiet --detach --no-resolve-image --name "waits-$1" --network {SWARM_NETWORK} \\
        --endpoint-mode dnsrr --publish mode=host,target=8888 --restart-condition none --reserve-memory 900g \\
        --constraint node.role==worker {SWARM_IMAGE} >/dev/null
}}
for number in $(seq "$1"); do create "$number"; done
"""
MEMORY = "ps -o rss= -p $(pidof dockerd)"


def measure(folder: Path, talk: Talk) -> list[Figures]:
    """One hub with one worker after the other; takes minutes."""
    event = bench_event().model_copy(update={"workers": Workers()})
    with MachineLab(event, folder) as lab, lab.machine() as hub:
        talk("the hub boots")
        hub.await_open()
        wait_until(lambda: "is ready" in hub.journal("pophub-install"), READY_SECONDS, "the hub gives its image")
        births = []
        for number, (name, kind) in enumerate(KINDS.items()):
            talk(f"a worker is born: {name}")
            with lab.worker(hub, number, memory_gib=32, **kind) as worker:
                births.append((name, f"{await_ready(hub, worker):.1f}"))
                starts = _starts(hub, talk) if not kind else ()
        waiting = _waiting(hub, talk)
    return [
        Figures("a worker", ("switched on to Ready", "seconds"), tuple(births)),
        Figures("one server at a time", (f"click to /lab, {STARTS} starts", "median s", "min s", "max s"), starts),
        waiting,
    ]


def await_ready(hub: LabMachine, worker: LabWorker) -> float:
    """The seconds from a worker's start to the moment when servers may run on it."""
    node = ("docker", "node", "inspect", "--format", "{{.Status.State}}", worker.name)
    ready = "the worker is ready"
    wait_until(lambda: hub.run(*node, check=False).strip() == "ready", READY_SECONDS, ready, every_seconds=LOOK_SECONDS)
    return worker.seconds


def _starts(hub: LabMachine, talk: Talk) -> tuple[tuple[str, ...], ...]:
    with visiting(hub):
        on_worker = _row("on a worker", hub, talk)
        with stock_servers(hub, ONE_MACHINE):
            return (on_worker, _row("on one machine", hub, talk))


def _row(what: str, hub: LabMachine, talk: Talk) -> tuple[str, ...]:
    seconds = []
    for number in range(STARTS):
        talk(f"{what}: start {number + 1} of {STARTS}")
        participant = FakeParticipant(hub.url, PERSON)
        participant.sign_in()
        begin = time.monotonic()
        participant.start_server()
        seconds.append(time.monotonic() - begin)
        participant.sign_out()
    return (what, *spread(seconds))


def _waiting(hub: ContainerMachine, talk: Talk) -> Figures:
    talk(f"{WAITING} servers wait")
    before = _mebibytes(hub.run)
    begin = time.monotonic()
    hub.run("sh", "-c", WAIT, "sh", str(WAITING), seconds=READY_SECONDS)
    created = time.monotonic() - begin
    begin = time.monotonic()
    hub.run("docker", "service", "ps", "--quiet", f"waits-{WAITING}")
    seconds = time.monotonic() - begin
    rows = (
        ("Docker's memory before, MiB", f"{before:.0f}"),
        (f"with {WAITING} that wait, MiB", f"{_mebibytes(hub.run):.0f}"),
        ("seconds to create them, one after the other", f"{created:.1f}"),
        ("seconds for a look at one", f"{seconds:.2f}"),
    )
    return Figures("a full swarm", ("", ""), rows)


def _mebibytes(run: Callable[..., str]) -> float:
    return int(run("sh", "-c", MEMORY)) / 1024
