"""What the machine and servers take, read from small stand-ins of /proc and of homes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.hub import this_machine
from pophub.hub.rehearsal import measure

TICKS = measure.TICKS_A_SECOND


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    folder = tmp_path / "proc"
    folder.mkdir()
    (folder / "uptime").write_text("100.50 150.25\n")
    (folder / "meminfo").write_text("MemTotal:  2048 kB\nMemFree:  1 kB\nMemAvailable:  1024 kB\nHugePages_Total:  0\n")
    return folder


def process(proc: Path, pid: int, user: str, *, pss: int, ticks: tuple[int, int, int, int]) -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "environ").write_bytes(f"HOME=/\0JUPYTERHUB_USER={user}\0".encode())
    fields = ["S", "1", *["0"] * 9, *map(str, ticks), *["0"] * 9]
    (folder / "stat").write_text(f"{pid} (a (b) c) {' '.join(fields)}\n")
    (folder / "smaps_rollup").write_text(f"Rss:  9999 kB\nPss:  {pss} kB\nPss_Dirty:  1 kB\n")


def test_what_a_machine_has_done_and_has_left(proc: Path) -> None:
    assert measure.busy_seconds(proc, cpus=2) == 50.75
    assert this_machine.memory(proc) == (2 * 2**20, 2**20)


def test_a_server_takes_what_all_of_its_processes_take(proc: Path) -> None:
    process(proc, 10, "~rehearsal-1", pss=100, ticks=(TICKS, TICKS, 0, 2 * TICKS))
    process(proc, 11, "~rehearsal-1", pss=50, ticks=(0, TICKS, 0, 0))
    process(proc, 12, "ada", pss=1000, ticks=(TICKS, 0, 0, 0))
    (proc / "13").mkdir()

    assert measure.servers(proc) == {"~rehearsal-1": measure.Taken(150 * 1024, 5.0)}


def test_only_homes_of_pretended_people_are_measured(tmp_path: Path) -> None:
    for name in ("-7erehearsal-2d1", "~rehearsal-2", "ada"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "file").write_bytes(b"x" * 5000)

    found = measure.home_bytes(tmp_path)

    assert sorted(found) == ["~rehearsal-1", "~rehearsal-2"]
    assert all(it >= 5000 for it in found.values())
