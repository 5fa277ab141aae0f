"""The machine of an event that ends, without TLS: archived and closed for good, open again, and left to cost-watch's stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from lab.machine.container import ContainerMachine
from lab.machine.machine_lab import MachineLab
from pophub.organizer.event.event import Event
from pophub.organizer.event.sections import Tls


@pytest.fixture(scope="session")
def lab(geoweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MachineLab]:
    with MachineLab(geoweek.model_copy(update={"tls": Tls(mode="none")}), tmp_path_factory.mktemp("last")) as lab:
        yield lab


@pytest.fixture(scope="session")
def machine(lab: MachineLab, running: ExitStack) -> ContainerMachine:
    """Once it has opened; test_watch.py, the last of the folder, ends it."""
    machine = running.enter_context(lab.machine())
    machine.await_open()
    return machine
