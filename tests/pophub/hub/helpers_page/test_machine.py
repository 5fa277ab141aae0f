"""What the page reads of a machine; what is missing or damaged is not known."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pophub.hub.helpers_page.machine import GIB, Machine
from pophub.hub.helpers_page.people import Use
from pophub.hub.worker_reports import FRESH, report_file
from tests.pophub.hub.test_server_memory import group, process

NOW = datetime(2027, 3, 1, 18, tzinfo=UTC)


def machine(folder: Path, **more: Any) -> Machine:
    places = {name: folder / name for name in ("proc", "cgroups", "homes", "hub", "run", "settings", "reports")}
    for place in places.values():
        place.mkdir(exist_ok=True)
    return Machine(**places, **more)


def test_memory_is_what_the_machine_and_its_workers_tell(tmp_path: Path) -> None:
    here = machine(tmp_path)
    process(here.proc, 10, "ada", "0::/docker/a\n")
    group(here.cgroups / "docker" / "a", {"memory.current": "1000\n", "memory.stat": "inactive_file 400\n"})
    workers = {"at": NOW.isoformat(), "wanted": 3, "workers": [{"id": "i-1"}, {"id": "i-2"}, {"id": "i-3"}]}
    (here.run / "workers.json").write_text(json.dumps(workers))
    for worker, told in {"i-1": {"memory": {"bob": 700, "eve": "many", "dot": -1, "cy": True}}, "i-2": {}}.items():
        file = report_file(here.reports, worker)
        file.write_text(json.dumps({"servers": {}, **told}))
        os.utime(file, (NOW.timestamp(),) * 2)

    assert here.memory(NOW) == {"ada": 600, "bob": 700}
    assert here.memory(NOW + 2 * FRESH) == {"ada": 600}


def test_a_home_with_a_quota_says_what_it_holds_and_one_without_nothing(tmp_path: Path) -> None:
    sizes = {"ada": 10 * GIB, "carol-2dx": 500 * GIB}

    def statvfs(path: Path) -> Any:
        if path.name not in sizes:
            raise FileNotFoundError(path)
        return SimpleNamespace(f_blocks=sizes[path.name] // 4096, f_bfree=GIB // 4096, f_frsize=4096)

    here = machine(tmp_path, statvfs=statvfs)

    assert here.room(["ada", "carol-x", "nobody"], 10) == {"ada": Use(9 * GIB, 10 * GIB)}


def test_the_last_error_is_that_of_a_server_that_has_not_run_since(tmp_path: Path) -> None:
    here = machine(tmp_path)
    events = [
        {"action": "start", "username": "ada"},
        {"action": "ended", "username": "ada", "reason": "exit code 1"},
        {"action": "ended", "username": "bob", "reason": "exit code 2"},
        {"action": "start", "username": "bob"},
    ]
    (here.hub / "events.jsonl").write_text("cut off\n" + "".join(f"{json.dumps(event)}\n" for event in events))

    assert here.errors() == {"ada": "exit code 1"}


@pytest.mark.parametrize(("minutes", "known"), [(1, True), (14, True), (16, False)])
def test_cost_watchs_decision_is_shown_while_it_is_recent(tmp_path: Path, minutes: int, known: bool) -> None:
    here = machine(tmp_path)
    report = {"at": (NOW - timedelta(minutes=minutes)).isoformat(), "action": "keep"}
    (here.run / "watch-report.json").write_text(json.dumps(report))

    assert bool(here.decision(NOW)) is known


@pytest.mark.parametrize(("seconds", "known"), [(10, True), (61, False)])
def test_workers_are_counted_while_the_hub_knows_them(tmp_path: Path, seconds: int, known: bool) -> None:
    here = machine(tmp_path)
    told = {"at": (NOW - timedelta(seconds=seconds)).isoformat(), "wanted": 3, "pending": 2, "trouble": "no capacity"}
    each = [{"id": "i-1", "state": "ready"}, {"id": "i-2", "state": "starting"}]
    (here.run / "workers.json").write_text(json.dumps({**told, "workers": each}))

    assert here.workers(NOW) == ({"ready": 1, "wanted": 3, "pending": 2, "trouble": "no capacity"} if known else {})


def test_what_is_missing_or_damaged_is_not_known(tmp_path: Path) -> None:
    here = machine(tmp_path)
    (here.settings / "event.json").write_text("{")
    (here.run / "message.json").write_text("[]")

    assert (here.event(), here.message(), here.policy(), here.sizes()) == ({}, {}, {}, {})
    assert (here.memory(NOW), here.errors(), here.decision(NOW), here.available()) == ({}, {}, {}, None)
    assert here.workers(NOW) == {}


def test_the_machines_own_memory_is_known(tmp_path: Path) -> None:
    here = machine(tmp_path)
    (here.proc / "meminfo").write_text("MemTotal:  2048 kB\nMemFree:  1 kB\nMemAvailable:  1024 kB\n")

    assert here.available() == Use(2**20, 2**21)
