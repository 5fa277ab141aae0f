"""The runner, when whoever started it dies without a word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from lab import child_runner
from lab.wait import wait_until


def test_what_is_kept_ends_when_the_parent_is_killed() -> None:
    kept = "import os, threading; print(os.getpid(), flush=True); threading.Event().wait()"
    command = [sys.executable, child_runner.__file__, "1", sys.executable, "-c", kept]
    parent_code = (
        f"import subprocess, threading; subprocess.Popen({command!r}, stdin=subprocess.PIPE); threading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    assert wait_until(lambda: not runs(pid), 10, "it is gone")


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_exit_code_is_the_commands_own() -> None:
    done = subprocess.run(
        [sys.executable, child_runner.__file__, "1", "sh", "-c", "exit 3"], stdin=subprocess.PIPE, check=False
    )

    assert done.returncode == 3


def test_descendants_are_children_and_theirs() -> None:
    with subprocess.Popen(["sh", "-c", "sleep 600 & echo $!; wait"], stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        grandchild = int(shell.stdout.readline())
        found = child_runner.descendants(os.getpid())
        os.kill(grandchild, signal.SIGKILL)

    assert {shell.pid, grandchild} <= found
    assert os.getpid() not in found
