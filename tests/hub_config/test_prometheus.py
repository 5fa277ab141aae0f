"""What Prometheus reads of the workers."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from traitlets.config import Config

from pophub.core.contract import WORKERS_FILE

Load = Callable[..., Config]
ONE = {
    "id": "i-1", "type": "r7i.2xlarge", "market": "spot", "usd_an_hour": "0.21", "state": "ready",
    "availability": "active", "servers": 12, "slots": 15, "notice": None,
}  # fmt: skip
NEW = ONE | {"id": "i-2", "state": "starting", "servers": None, "usd_an_hour": None}
PAUSED = ONE | {"id": "i-3", "availability": "pause", "servers": 0}
TOLD = {"at": "2027-03-01T12:00:00+00:00", "wanted": 3, "pending": 2, "workers": [ONE, NEW, PAUSED]}


@pytest.fixture
def section(load: Load) -> ModuleType:
    load()
    return sys.modules["sections.prometheus"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / WORKERS_FILE


def _read(section: ModuleType, file: Path) -> list[str]:
    registry = CollectorRegistry()
    registry.register(section.WorkerFigures(file))
    return [it for it in generate_latest(registry).decode().splitlines() if not it.startswith("#")]


def test_every_worker_has_its_figures(section: ModuleType, file: Path) -> None:
    file.write_text(json.dumps(TOLD))
    labels = {it: f'market="spot",{{}}type="r7i.2xlarge",worker="{it}"' for it in ("i-1", "i-2", "i-3")}

    def one(figure: str, worker: str, value: str, state: str = "") -> str:
        return f"{figure}{{{labels[worker].format(state)}}} {value}"

    assert _read(section, file) == [
        "pophub_workers_wanted 3.0",
        "pophub_servers_waiting 2.0",
        one("pophub_worker_state", "i-1", "1.0", 'state="ready",'),
        one("pophub_worker_state", "i-2", "1.0", 'state="starting",'),
        one("pophub_worker_state", "i-3", "1.0", 'state="paused",'),
        one("pophub_worker_servers", "i-1", "12.0"),
        one("pophub_worker_servers", "i-3", "0.0"),
        one("pophub_worker_slots", "i-1", "15.0"),
        one("pophub_worker_slots", "i-2", "15.0"),
        one("pophub_worker_slots", "i-3", "15.0"),
        one("pophub_worker_usd_per_hour", "i-1", "0.21"),
        one("pophub_worker_usd_per_hour", "i-3", "0.21"),
    ]


@pytest.mark.parametrize(
    "content",
    [None, [], TOLD | {"wanted": None, "workers": []}, {"wanted": 1, "pending": 0, "workers": [{}]}, {"wanted": 1}],
)
def test_what_is_not_known_has_no_figure(section: ModuleType, file: Path, content: Any) -> None:
    if content is not None:
        file.write_text(json.dumps(content))
    assert [it for it in _read(section, file) if "pophub_worker_" in it] == []


def test_an_old_file_says_nothing(section: ModuleType, file: Path) -> None:
    file.write_text(json.dumps(TOLD))
    then = time.time() - 360
    os.utime(file, (then, then))

    assert _read(section, file) == []


@pytest.fixture
def registered() -> Iterator[Callable[[], list[Any]]]:
    """The collectors of workers in the process's registry, without those that earlier tests have loaded."""

    def found() -> list[Any]:
        return [it for it in REGISTRY._collector_to_names if type(it).__name__ == "WorkerFigures"]

    def forget() -> None:
        for collector in found():
            REGISTRY.unregister(collector)

    forget()
    yield found
    forget()


def test_only_an_event_with_workers_has_them_among_the_hub_s_figures(
    load: Load, registered: Callable[[], list[Any]]
) -> None:
    load()
    assert registered() == []

    def change(event: dict[str, Any]) -> None:
        event["workers"] = {"slots": 15, "count": 2, "most": 3, "spot": False, "reserve_gib": 4.1}

    load(change)
    assert len(registered()) == 1
