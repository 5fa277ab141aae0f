"""What the page reads of a machine; what is missing or damaged is not known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pophub.hub.helpers_page.machine import GIB, Machine
from pophub.hub.helpers_page.people import Use

NOW = datetime(2027, 3, 1, 18, tzinfo=UTC)
SERVER = b"/opt/pophub/server/bin/python\0-s\0/opt/bundle/hub-config/server\0"


def machine(folder: Path, **more: Any) -> Machine:
    places = {name: folder / name for name in ("proc", "cgroups", "homes", "hub", "run", "settings")}
    for place in places.values():
        place.mkdir(exist_ok=True)
    return Machine(**places, **more)


def process(proc: Path, pid: int, user: str, cgroup: str) -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "cmdline").write_bytes(SERVER)
    (folder / "environ").write_bytes(b"HOME=/home/jovyan\0JUPYTERHUB_USER=" + user.encode() + b"\0")
    (folder / "cgroup").write_text(cgroup)


def group(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def test_memory_is_the_control_groups_without_what_the_kernel_can_drop(tmp_path: Path) -> None:
    here = machine(tmp_path)
    process(here.proc, 10, "ada", "0::/docker/a\n")
    process(here.proc, 11, "bob", "9:cpu,cpuacct:/x\n8:memory:/docker/b\n0::/x\n")
    process(here.proc, 12, "gone", "0::/docker/c\n")
    group(here.cgroups / "docker" / "a", {"memory.current": "1000\n", "memory.stat": "anon 7\ninactive_file 400\n"})
    group(
        here.cgroups / "memory" / "docker" / "b",
        {"memory.usage_in_bytes": "900\n", "memory.stat": "cache 5\ntotal_inactive_file 100\n"},
    )

    assert here.memory() == {"ada": 600, "bob": 800}


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
    assert (here.memory(), here.errors(), here.decision(NOW), here.available()) == ({}, {}, {}, None)
    assert here.workers(NOW) == {}


def test_the_machines_own_memory_is_known(tmp_path: Path) -> None:
    here = machine(tmp_path)
    (here.proc / "meminfo").write_text("MemTotal:  2048 kB\nMemFree:  1 kB\nMemAvailable:  1024 kB\n")

    assert here.available() == Use(2**20, 2**21)
