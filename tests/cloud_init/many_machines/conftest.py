"""The machines of an event with workers, shared by all tests of this folder: the hub meets every fault before it is open."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lab.directory import Directory, Organization
from lab.machine.container import ContainerMachine
from lab.machine.machine_lab import MachineLab
from lab.wait import wait_until
from pophub.organizer.event.event_file import load_event
from tests.cloud_init.conftest import FAKETIME

log = logging.getLogger(__name__)
NAMES = ("ada", "octocat", "grace", "katherine")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MachineLab]:
    event = load_event(Path(__file__).parents[1] / "manyweek.yaml")
    known = Directory(NAMES, (Organization("manyhackweek", NAMES),))
    with MachineLab(event, tmp_path_factory.mktemp("lab"), people=known) as lab:
        lab.git.push("tutorials", {"day-1/rivers.txt": "Rhine\n"})
        yield lab


@pytest.fixture(scope="session")
def newborn(lab: MachineLab, running: ExitStack) -> ContainerMachine:
    """The hub's machine. The first test that uses it gets it just after it was switched on."""
    return running.enter_context(lab.machine())


@pytest.fixture(scope="session")
def faketime(newborn: ContainerMachine) -> Path:
    """libfaketime on the hub's machine; workers get a copy, because apt takes three seconds of a processor."""
    newborn.run("apt-get", "-qq", "install", "--no-install-recommends", "libfaketime")
    return newborn.root / FAKETIME.lstrip("/")


@pytest.fixture(scope="session")
def hub(newborn: ContainerMachine) -> ContainerMachine:
    """The same, once it is open."""
    log.info("the hub of an event with workers was open after %.1f s", newborn.await_open())
    wait_until(lambda: "is ready" in newborn.journal("pophub-install"), 60, "the hub gives its image", every_seconds=1)
    # until its own test: out of a session it would pause workers and end them
    newborn.run("systemctl", "stop", "pophub-workers.service")
    return newborn
