"""What the tests with lab machines share: the event, and its AWS, GitHub, git host and registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.machine.machine_lab import MachineLab
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event

GEOWEEK = Path(__file__).with_name("geoweek.yaml")
# from Debian's package libfaketime; in a service of the machine it changes the service's clock
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


@pytest.fixture(scope="session")
def geoweek() -> Event:
    return load_event(GEOWEEK)


@pytest.fixture(scope="session")
def lab(geoweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MachineLab]:
    with MachineLab(geoweek, tmp_path_factory.mktemp("lab")) as lab:
        lab.git.push("tutorials", {"day-1/maps.ipynb": "{}", "day-1/rivers.txt": "Rhine\n"})
        yield lab
