"""What servers on workers compute, for cost-watch: from fresh reports, and not known as soon as one is missing."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pophub.hub.watch.on_workers import cores_on_workers
from pophub.hub.worker_reports import report_file

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def known(tmp_path: Path) -> Path:
    return tmp_path / "workers.json"


def _know(known: Path, servers: dict[str, int | None], *, age: float = 0, wanted: int | None = 2) -> None:
    at = (NOW - timedelta(seconds=age)).isoformat()
    workers = [{"id": name, "servers": it} for name, it in servers.items()]
    known.write_text(json.dumps({"at": at, "wanted": wanted, "workers": workers}))


def _report(folder: Path, worker: str, servers: dict[str, Any], *, age: float = 0) -> None:
    file = report_file(folder, worker)
    file.write_text(json.dumps({"servers": servers}))
    os.utime(file, (NOW.timestamp() - age,) * 2)


def test_the_servers_of_all_workers_are_known(known: Path, tmp_path: Path) -> None:
    _know(known, {"i-1": 2, "i-2": 1})
    _report(tmp_path, "i-1", {"ada": 0.5, "bob": None})
    _report(tmp_path, "i-2", {"cy": 0, "eve": True, "mallory": "1"})

    assert cores_on_workers(known, tmp_path, NOW) == {"ada": 0.5, "bob": None, "cy": 0, "eve": None, "mallory": None}


def test_a_new_worker_without_a_server_needs_no_report(known: Path, tmp_path: Path) -> None:
    _know(known, {"i-1": 0})
    assert cores_on_workers(known, tmp_path, NOW) == {}
    _know(known, {})
    assert cores_on_workers(known, tmp_path, NOW) == {}


@pytest.mark.parametrize("servers", [1, None], ids=["a server", "servers not known"])
def test_a_worker_whose_report_is_old_makes_all_unknown(known: Path, tmp_path: Path, servers: int | None) -> None:
    _know(known, {"i-1": 1, "i-2": servers})
    _report(tmp_path, "i-1", {"ada": 0.5})
    _report(tmp_path, "i-2", {"bob": 0.5}, age=61)

    assert cores_on_workers(known, tmp_path, NOW) is None


@pytest.mark.parametrize(("age", "wanted"), [(61, 2), (-1, 2), (0, None)], ids=["old", "ahead", "a silent AWS"])
def test_workers_that_are_not_known_make_all_unknown(
    known: Path, tmp_path: Path, age: float, wanted: int | None
) -> None:
    assert cores_on_workers(known, tmp_path, NOW) is None
    _know(known, {}, age=age, wanted=wanted)

    assert cores_on_workers(known, tmp_path, NOW) is None
