"""The swarm of a lab hub with workers, as its own Docker shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab.machine.container import ContainerMachine
from lab.machine.docker_socket import ask
from lab.machine.worker import LabWorker
from lab.wait import wait_until
from pophub.core.contract import RUN_FOLDER, WORKERS_FILE
from pophub.core.errors import PophubError

JOIN_SECONDS = 240
UNITS = ("pophub-install", "pophub-hub", "pophub-workers", "docker")
LOOKS = ("docker node ls", "docker service ls", f"cat {RUN_FOLDER}/{WORKERS_FILE}")


def nodes(hub: ContainerMachine) -> dict[str, str]:
    """Each worker's name, with its state and availability; one that has joined twice is also there as it was."""
    found = [
        (_name(it), f"{it['Status']['State']} {it['Spec']['Availability']}") for it in ask(hub, "nodes", role="worker")
    ]
    return dict(sorted(((name, state) for name, state in found if name), key=lambda it: it[1].startswith("ready")))


def _name(node: dict[str, Any]) -> str:
    """The hostname of a node; empty until the node has reported it."""
    return str(node["Description"].get("Hostname", ""))


def await_ready(hub: ContainerMachine, worker: LabWorker, *states: str) -> float:
    """The seconds from a worker's birth to the moment when servers may run on it, or when it has one of `states`."""
    wanted = states or ("ready active",)
    wait_until(lambda: nodes(hub).get(worker.name) in wanted, JOIN_SECONDS, f"{worker.name} has joined")
    return worker.seconds


def services(hub: ContainerMachine) -> list[str]:
    """The names of the servers' services."""
    return [it["Spec"]["Name"] for it in ask(hub, "services")]


def task_of(hub: ContainerMachine, name: str) -> dict[str, Any]:
    """The task of somebody's server; empty if there is none."""
    return next(iter(ask(hub, "tasks", service=f"jupyter-{name}")), {})


def place_of(hub: ContainerMachine, name: str) -> str:
    """The name of the machine that somebody's server runs on; empty if it waits for one, or does not exist."""
    node = task_of(hub, name).get("NodeID", "")
    return next((_name(it) for it in ask(hub, "nodes", id=node)), "") if node else ""


@contextmanager
def words_kept(hub: ContainerMachine, file: Path) -> Iterator[None]:
    """If the block fails, the file has what the hub says of its workers; with the machine, its journal goes."""
    try:
        yield
    except Exception:
        file.write_text(_words(hub, UNITS))
        raise


@contextmanager
def words_noted(hub: ContainerMachine) -> Iterator[None]:
    """If a wait in the block ends in vain, the error has what the hub says of its workers."""
    try:
        yield
    except PophubError as error:
        error.add_note(_words(hub, UNITS[1:-1]))
        raise


def _words(hub: ContainerMachine, units: Iterable[str]) -> str:
    said = {look: hub.run(*look.split(), check=False) for look in LOOKS}
    said |= {f"journal of {unit}": hub.journal(unit) for unit in units}
    return "\n".join(f"== {what}\n{words}" for what, words in said.items())
