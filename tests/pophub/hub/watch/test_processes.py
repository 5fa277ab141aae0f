"""What servers compute, told by real processes of this computer."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.wait import wait_until
from pophub.hub.watch.processes import TICKS_A_SECOND, computed, used_since

PROC = Path("/proc")
# a server that is busy itself, and has a kernel, or a job that was detached from it, that is so too where it is told to
SERVER = """
import subprocess, sys, time
busy = [sys.executable, "-c", "while True: pass"]
if sys.argv[1] == "kernel":
    subprocess.Popen(busy)
    time.sleep(600)
if sys.argv[1] == "detached":
    subprocess.run(["setsid", "sh", "-c", '"$@" & exit', "sh", *busy])
    time.sleep(600)
while True: pass
"""
# what Docker puts above a server: it awaits whatever falls to it, and takes time itself
INIT = """
import subprocess, sys
subprocess.Popen(sys.argv[1:])
while True: pass
"""
needs_namespaces = pytest.mark.skipif(
    subprocess.run(["unshare", "--pid", "--fork", "true"], check=False, capture_output=True).returncode != 0,
    reason="no process namespace can be made here",
)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    program = tmp_path / "hub-config" / "server" / "__main__.py"
    program.parent.mkdir(parents=True)
    program.write_text(SERVER)
    started: list[subprocess.Popen[bytes]] = []

    def run(user: str, what: str, *, contained: bool = False) -> None:
        command = [sys.executable, "-s", str(program.parent), what]
        if contained:
            command = ["unshare", "--pid", "--fork", "--kill-child", sys.executable, "-c", INIT, *command]
        started.append(subprocess.Popen(command, env={"JUPYTERHUB_USER": user}, start_new_session=True))

    yield run
    for process in started:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_kernel_computes_and_its_server_does_not(start: object) -> None:
    assert callable(start)
    start("busy-person", "kernel")
    start("idle-person", "alone")

    wait_until(lambda: seconds(PROC).get("busy-person", 0) > 0.1, 30, "the kernel computes")
    assert seconds(PROC)["idle-person"] == 0


@needs_namespaces
def test_in_a_container_a_detached_job_computes_and_neither_init_nor_server_does(start: object) -> None:
    """It is no longer below the server, as in tmux or after `nohup … & exit`."""
    assert callable(start)
    start("busy-person", "detached", contained=True)
    start("idle-person", "alone", contained=True)

    wait_until(lambda: seconds(PROC).get("busy-person", 0) > 0.1, 30, "the job computes")
    assert seconds(PROC)["idle-person"] == 0


def seconds(proc: Path) -> dict[str, float]:
    return {user: sum(parts.values()) for user, parts in computed(proc).items()}


def write_process(
    proc: Path, pid: int, parent: int, *, own: int, awaited: int = 0, numbers: str = "", user: str = ""
) -> None:
    """`own` and `awaited` in seconds; `numbers` in the namespaces."""
    folder = proc / str(pid)
    folder.mkdir()
    times = f"{own * TICKS_A_SECOND} 0 {awaited * TICKS_A_SECOND} 0"
    (folder / "stat").write_text(f"{pid} (a) name) S {parent} 1 1 0 0 0 0 0 0 0 {times} 20 0 1 0 {9 * pid} 0")
    (folder / "status").write_text(f"Name:\ta\nNSpid:\t{numbers or pid}\n")
    (folder / "cmdline").write_text("python3\0-s\0/opt/hub-config/server" if user else "sh")
    (folder / "environ").write_text(f"JUPYTERHUB_USER={user}\0" if user else "")


def test_what_a_containers_init_took_in_and_has_ended_stays_counted(tmp_path: Path) -> None:
    write_process(tmp_path, 1, 0, own=1000)
    write_process(tmp_path, 20, 1, own=1000)
    write_process(tmp_path, 30, 20, own=50, awaited=7, numbers="30 1")
    write_process(tmp_path, 31, 30, own=60, awaited=500, numbers="31 2", user="ada")
    write_process(tmp_path, 32, 31, own=3, numbers="32 3")
    write_process(tmp_path, 33, 30, own=4, awaited=1, numbers="33 4")

    assert seconds(tmp_path) == {"ada": 7 + 3 + 4 + 1}


def test_a_kernel_that_ends_takes_its_own_seconds_along_and_nobody_elses(tmp_path: Path) -> None:
    write_process(tmp_path, 30, 20, own=50, awaited=7, numbers="30 1")
    write_process(tmp_path, 31, 30, own=60, numbers="31 2", user="ada")
    write_process(tmp_path, 32, 31, own=500, numbers="32 3")
    write_process(tmp_path, 33, 31, own=4, numbers="33 4")
    before = computed(tmp_path)["ada"]
    shutil.rmtree(tmp_path / "32")
    shutil.rmtree(tmp_path / "33")
    write_process(tmp_path, 33, 31, own=34, numbers="33 4")
    # a new one, and one that the init takes in
    write_process(tmp_path, 34, 30, own=2, numbers="34 5")

    assert used_since(before, computed(tmp_path)["ada"]) == 30 + 2
    assert used_since(before, before) == 0


@pytest.mark.parametrize(
    ("file", "odd"),
    [("cmdline", b"\xff\0-s\0/opt/hub-config/server"), ("environ", b"JUPYTERHUB_USER=\xff\0")],
)
def test_a_name_that_is_no_text_hides_nobody(tmp_path: Path, file: str, odd: bytes) -> None:
    write_process(tmp_path, 31, 1, own=60, user="ada")
    write_process(tmp_path, 32, 31, own=5)
    write_process(tmp_path, 41, 1, own=60, user="mallory")
    (tmp_path / "41" / file).write_bytes(odd)

    assert seconds(tmp_path) == {"ada": 5}


def test_a_chain_of_processes_may_be_of_any_length(tmp_path: Path) -> None:
    write_process(tmp_path, 31, 1, own=60, user="ada")
    for pid in range(32, 1532):
        write_process(tmp_path, pid, pid - 1, own=1)

    assert seconds(tmp_path) == {"ada": 1500}


def test_numbers_given_anew_meanwhile_do_not_lead_round_and_round(tmp_path: Path) -> None:
    write_process(tmp_path, 31, 33, own=60, user="ada")
    write_process(tmp_path, 32, 31, own=1)
    write_process(tmp_path, 33, 32, own=1)

    assert seconds(tmp_path) == {"ada": 2}


def test_without_a_container_what_is_beside_a_server_is_not_its_own(tmp_path: Path) -> None:
    write_process(tmp_path, 1, 0, own=1000, awaited=1000)
    write_process(tmp_path, 31, 1, own=60, user="ada")
    write_process(tmp_path, 32, 31, own=3)
    write_process(tmp_path, 33, 1, own=9)

    assert seconds(tmp_path) == {"ada": 3}


def test_processes_that_cannot_be_seen_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        computed(tmp_path / "nowhere")


def test_what_is_no_process_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "12").mkdir()
    (tmp_path / "12" / "stat").write_text("garbage")
    (tmp_path / "uptime").write_text("1 1")

    assert computed(tmp_path) == {}
