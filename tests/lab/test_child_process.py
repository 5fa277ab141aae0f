"""Programs that are kept, with small programs that misbehave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab import child_process
from lab.child_process import ChildProcess
from lab.wait import wait_until
from tests.lab.test_child import gone

# a child in a session of its own, which stays when its parent has gone
CHILD = "import subprocess; subprocess.Popen(['sh', '-c', 'echo $$ > child; exec sleep 600'], start_new_session=True)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
STAY = "open('parent', 'w').write(str(__import__('os').getpid())); __import__('threading').Event().wait()"

Start = Callable[..., ChildProcess]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(child_process, "GRACE_SECONDS", 1)
    started: list[ChildProcess] = []

    def start_program(*lines: str) -> ChildProcess:
        command = [sys.executable, "-c", "\n".join(lines)]
        started.append(ChildProcess(command, log=tmp_path / "log", folder=tmp_path, environment=os.environ))
        return started[-1]

    yield start_program
    for program in started:
        program.stop()


def pid_in(path: Path) -> int:
    def written() -> str:
        return path.read_text().strip() if path.exists() else ""

    return int(wait_until(written, 10, f"a process writes {path.name}"))


def test_a_stop_ends_the_program_and_what_it_left_in_other_sessions(start: Start, tmp_path: Path) -> None:
    program = start(CHILD, STAY)
    pids = [pid_in(tmp_path / "parent"), pid_in(tmp_path / "child")]
    program.stop()

    assert program.ended
    assert [gone(pid) for pid in pids] == [True, True]


def test_a_program_that_hangs_is_ended_all_the_same(start: Start, tmp_path: Path) -> None:
    program = start(STUBBORN, CHILD, STAY)
    pids = [pid_in(tmp_path / "parent"), pid_in(tmp_path / "child")]
    program.stop()

    assert [gone(pid) for pid in pids] == [True, True]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
def test_a_program_that_ends_by_itself_leaves_nothing_behind(start: Start, tmp_path: Path) -> None:
    program = start(CHILD, "while not __import__('os').path.exists('child'): pass")
    child = pid_in(tmp_path / "child")
    wait_until(lambda: program.ended, 10, "the program ends")

    assert gone(child)


def test_a_second_stop_does_nothing(start: Start, tmp_path: Path) -> None:
    program = start(STAY)
    pid_in(tmp_path / "parent")
    program.stop()
    program.stop()

    assert program.ended


def test_the_last_words_are_the_end_of_the_log(start: Start) -> None:
    program = start("print('one\\ntwo', flush=True)", "raise SystemExit('three')")
    wait_until(lambda: program.ended, 10, "the program ends")

    assert program.last_words(2) == "two\nthree"


def test_what_is_kept_ends_when_the_parent_is_killed() -> None:
    kept = "import os, threading; print(os.getpid(), flush=True); threading.Event().wait()"
    command = [sys.executable, child_process.__file__, "1", sys.executable, "-c", kept]
    parent_code = (
        f"import subprocess, threading; subprocess.Popen({command!r}, stdin=subprocess.PIPE); threading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    wait_until(lambda: gone(pid), 10, "it is gone")


def test_the_exit_code_is_the_commands_own() -> None:
    done = subprocess.run(
        [sys.executable, child_process.__file__, "1", "sh", "-c", "exit 3"], stdin=subprocess.PIPE, check=False
    )

    assert done.returncode == 3


def test_descendants_are_children_and_theirs() -> None:
    with subprocess.Popen(["sh", "-c", "sleep 600 & echo $!; wait"], stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        grandchild = int(shell.stdout.readline())
        found = child_process.descendants(os.getpid())
        os.kill(grandchild, signal.SIGKILL)

    assert {shell.pid, grandchild} <= found
    assert os.getpid() not in found
