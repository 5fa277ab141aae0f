"""The lab's machine: one open hub, shared by all tests of this folder; each leaves it as the next one needs it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab

log = logging.getLogger(__name__)
Visit = Callable[[str], FakeParticipant]
running = ExitStack()


@pytest.fixture(scope="session")
def machine(lab: MachineLab) -> Iterator[ContainerMachine]:
    with running:
        machine = running.enter_context(lab.machine())
        log.info("the machine with baked packages was open after %.1f s", machine.await_open())
        yield machine


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Switch the machine off after the last test that shares it: an idle one takes a thirtieth of a processor."""
    yield
    if nextitem is None or item.path.parent not in nextitem.path.parents:
        running.close()


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
