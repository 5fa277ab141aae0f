"""The lab's machine: one open hub, shared by all tests that leave it unchanged."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import MachineLab
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event

log = logging.getLogger(__name__)
GEOWEEK = Path(__file__).with_name("geoweek.yaml")
# from Debian's package libfaketime; in a service of the machine it changes the service's clock
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
CELL = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "assert 6 * 7 == 42"}
Visit = Callable[[str], FakeParticipant]


@pytest.fixture(scope="session")
def geoweek() -> Event:
    return load_event(GEOWEEK)


@pytest.fixture(scope="session")
def lab(geoweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MachineLab]:
    with MachineLab(geoweek, tmp_path_factory.mktemp("lab")) as lab:
        first = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        files = {"day-1/maps.ipynb": "{}", "day-1/first.ipynb": json.dumps(first), "day-1/rivers.txt": "Rhine\n"}
        lab.git.push("tutorials", files)
        yield lab


@pytest.fixture(scope="session")
def machine(lab: MachineLab) -> Iterator[LabMachine]:
    with lab.machine() as machine:
        seconds = machine.await_open()
        log.info("the machine with baked packages was open after %.1f s", seconds)
        yield machine


@contextmanager
def on_the_internet(machine: LabMachine) -> Iterator[None]:
    """Send this process's `requests` and websockets to the machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in machine.environment.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def visit(machine: LabMachine) -> Iterator[Visit]:
    """A new person at the machine's hub; what they have started is stopped afterwards."""
    people: list[FakeParticipant] = []

    def new(person: str) -> FakeParticipant:
        people.append(FakeParticipant(machine.url, person))
        return people[-1]

    with on_the_internet(machine):
        yield new
        for person in people:
            person.sign_out()
