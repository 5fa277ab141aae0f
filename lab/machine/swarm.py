"""The swarm of a lab hub with workers, as its own Docker shows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.machine.machine import LabMachine
from lab.machine.worker import LabWorker
from lab.wait import wait_until
from pophub.core.contract import RUN_FOLDER, WORKERS_FILE

JOIN_SECONDS = 240
# Docker's program takes a tenth of a second of a processor, which the machines need too
LOOK_SECONDS = 0.5
UNITS = ("pophub-install", "pophub-hub", "pophub-workers", "docker")
LOOKS = ("docker node ls", "docker service ls", f"cat {RUN_FOLDER}/{WORKERS_FILE}")


def nodes(hub: LabMachine) -> dict[str, str]:
    """Each worker's name, with its state and availability; one that has joined twice is also there as it was."""
    ids = hub.run("docker", "node", "ls", "--quiet", "--filter", "role=worker").split()
    told = "{{.Description.Hostname}} {{.Status.State}} {{.Spec.Availability}}"
    lines = hub.run("docker", "node", "inspect", "--format", told, *ids).splitlines() if ids else []
    found = [(name, state) for name, _, state in (line.partition(" ") for line in lines) if name]
    return dict(sorted(found, key=lambda it: it[1].startswith("ready")))


def await_ready(hub: LabMachine, worker: LabWorker, *states: str) -> float:
    """The seconds from a worker's birth to the moment when servers may run on it, or when it has one of `states`."""
    wanted = states or ("ready active",)
    joined = f"{worker.name} has joined"
    wait_until(lambda: nodes(hub).get(worker.name) in wanted, JOIN_SECONDS, joined, every_seconds=LOOK_SECONDS)
    return worker.seconds


def place_of(hub: LabMachine, name: str) -> str:
    """The name of the machine that somebody's server runs on; empty if it waits for one."""
    return hub.run("docker", "service", "ps", "--format", "{{.Node}}", f"jupyter-{name}").strip()


@contextmanager
def words_kept(hub: LabMachine, file: Path) -> Iterator[None]:
    """If the block fails, the file has what the hub says of its workers; with the machine, its journal goes."""
    try:
        yield
    except Exception:
        said = {look: hub.run(*look.split(), check=False) for look in LOOKS}
        said |= {f"journal of {unit}": hub.journal(unit) for unit in UNITS}
        file.write_text("\n".join(f"== {what}\n{words}" for what, words in said.items()))
        raise
