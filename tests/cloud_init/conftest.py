"""What the tests with lab machines share: the event, and its AWS, GitHub, git host and registry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from lab.machine.container import ContainerMachine
from lab.machine.machine_lab import MachineLab
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event

GEOWEEK = Path(__file__).with_name("geoweek.yaml")
# from Debian's package libfaketime; in a service of the machine it changes the service's clock
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
CELL = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "assert 6 * 7 == 42"}
_running = ExitStack()


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
def running() -> ExitStack:
    """For a machine that all tests of a folder share."""
    return _running


def let_look(machine: ContainerMachine, timer: str, after: timedelta = timedelta(seconds=1)) -> None:
    """Let a timer that is due each minute be due after this span, as after a boot, and then each minute again."""
    every = ("OnUnitActive", "OnUnitInactive")
    shown = machine.run("systemctl", "show", "--property=TimersMonotonic,ActiveState", timer)
    assert "ActiveState=active" in shown
    assert all(f"{name}USec=1min ;" in shown for name in every)
    lines = ("[Timer]", "OnActiveSec=", f"OnActiveSec={after.total_seconds()}", *(f"{name}Sec=1min" for name in every))
    folder = machine.root / "run/systemd/system" / f"{timer}.d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "soon.conf").write_text("\n".join((*lines, "")))
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", timer)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Switch such a machine off after the folder's last test: an idle one takes a thirtieth of a processor."""
    yield
    if nextitem is None or item.path.parent not in nextitem.path.parents:
        _running.close()
