"""Runs one command; when its own standard input closes, it ends the command and all processes that this started.

It restarts nothing. It is started as a file, not as a module, and so imports nothing of pophub. On a hub systemd has
this task.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading

# linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36


def main(grace_seconds: float, command: list[str]) -> int:
    """Run the command; returns its exit code once all of its processes have ended."""
    if sys.platform == "linux":
        # a process that the command leaves behind becomes our child, not init's, and is found below
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    family: set[int] = set()
    threading.Thread(target=_stop_with_parent, args=(process, family, grace_seconds), daemon=True).start()
    code = process.wait()
    for pid in family | descendants(os.getpid()):
        _kill(pid)
    return code


def _stop_with_parent(process: subprocess.Popen[bytes], family: set[int], grace_seconds: float) -> None:
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


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
