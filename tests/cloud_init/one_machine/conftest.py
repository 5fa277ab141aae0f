"""The lab's machine: one open hub, shared by all tests of this folder; each leaves it as the next one needs it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab
from lab.machine.off_page import MachineOffPage

log = logging.getLogger(__name__)
Visit = Callable[[str], FakeParticipant]
booted: list[ContainerMachine] = []


@pytest.fixture(scope="session")
def off_page(lab: MachineLab) -> Iterator[MachineOffPage]:
    """What answers at the machine's address while it is off."""
    with MachineOffPage(lab, lambda: any(machine.names.is_healthy() for machine in booted)) as page:
        yield page


@pytest.fixture(scope="session")
def machine(lab: MachineLab, off_page: MachineOffPage, running: ExitStack) -> ContainerMachine:
    machine = running.enter_context(lab.machine(off_page=off_page.port))
    booted.append(machine)
    log.info("the machine with baked packages was open after %.1f s", machine.await_open())
    return machine


@pytest.fixture(scope="session")
def adas_browser(machine: ContainerMachine) -> FakeParticipant:
    return FakeParticipant(machine.url, "ada")


@pytest.fixture(scope="module")
def ada(machine: ContainerMachine, adas_browser: FakeParticipant) -> Iterator[FakeParticipant]:
    """Somebody whose server runs, for all files; unless a test of the module has ended it."""
    with on_the_internet(machine):
        if not adas_browser.server_is_running():
            adas_browser.sign_out()
            adas_browser.sign_in()
            start = time.monotonic()
            adas_browser.start_server()
            log.info("a server could be used after %.1f s", time.monotonic() - start)
        yield adas_browser


@pytest.fixture
def visit(machine: ContainerMachine) -> Iterator[Visit]:
    """A new person at the machine's hub; what they have started is stopped afterwards."""
    people: list[FakeParticipant] = []

    def new(person: str) -> FakeParticipant:
        people.append(FakeParticipant(machine.url, person))
        return people[-1]

    with on_the_internet(machine):
        yield new
        for person in people:
            person.sign_out()
