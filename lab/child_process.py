"""A program of the lab that is not ours, under a runner that never lets it outlive its parent.

The runner is this file, run as a program: when its standard input closes, it ends the command and all processes that this
started. So it imports nothing of pophub. It restarts nothing; on a hub systemd has this task.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.forks import Forked, Forks
    from lab.hub_program import _Child

# the time that a hub needs to end its servers in order; then the command is killed
GRACE_SECONDS = 15
# the time that the runner itself needs after that
MARGIN_SECONDS = 5
# linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36
# the variable of a fork with its seconds of grace, its folder and its arguments
COMMAND = "POPHUB_LAB_COMMAND"


class ChildProcess:
    """A running command; its output goes to `log`. Secrets belong only into `environment`.

    With `forks`, which are of a module like lab/hub_program.py, it is one of them, and `command` has only arguments.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        folder: Path,
        environment: Mapping[str, str],
        forks: Forks | None = None,
    ) -> None:
        self.log = log
        self._process: subprocess.Popen[bytes] | Forked
        with log.open("ab") as sink:
            if forks:
                given = {COMMAND: json.dumps([GRACE_SECONDS, str(folder), *command])}
                self._process = forks.start(sink, {**environment, **given})
                return
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__, str(GRACE_SECONDS), *command],
                stdin=subprocess.PIPE,
                stdout=sink,
                stderr=sink,
                cwd=folder,
                env=dict(environment),
                # a terminal's Ctrl-C goes to the parent only, which then closes us in order
                start_new_session=True,
            )

    @property
    def ended(self) -> bool:
        """Whether the command has ended."""
        return self._process.poll() is not None

    def last_words(self, lines: int = 5) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").strip().splitlines()[-lines:])

    def stop(self) -> None:
        """End the command and all that it started, even if it hangs; a second call does nothing."""
        close_and_wait(self._process, GRACE_SECONDS + MARGIN_SECONDS)


def close_and_wait(process: subprocess.Popen[bytes] | Forked, seconds: float) -> None:
    """Close a process's standard input, and kill it if it does not end within these seconds."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(grace_seconds: float, command: list[str]) -> int:
    """Run the command; returns its exit code once all of its processes have ended."""
    adopt_orphans()
    return oversee(subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True), grace_seconds)


def adopt_orphans() -> None:
    """Let a process that a command leaves behind become our child, not init's: `oversee` finds it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def oversee(process: subprocess.Popen[bytes] | _Child, grace_seconds: float) -> int:
    """Wait for the end of a command, which comes when our standard input closes; returns its exit code."""
    family: set[int] = set()
    threading.Thread(target=_stop_with_parent, args=(process, family, grace_seconds), daemon=True).start()
    code = process.wait()
    for pid in family | descendants(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return code


def _stop_with_parent(process: subprocess.Popen[bytes] | _Child, family: set[int], grace_seconds: float) -> None:
    # sys.stdin has a lock, which no thread may hold while Python shuts down
    while os.read(0, 1024):
        pass
    family |= descendants(process.pid)
    process.terminate()
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        process.kill()


def descendants(ancestor: int) -> set[int]:
    """All children and their children, of any session and process group."""
    with subprocess.Popen(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, text=True) as ps:
        listing = ps.communicate()[0]
    parents = {int(pid): int(parent) for pid, parent in map(str.split, listing.splitlines())}
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor, ps.pid}


if __name__ == "__main__":
    sys.exit(run(float(sys.argv[1]), sys.argv[2:]))
