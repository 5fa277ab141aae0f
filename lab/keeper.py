"""Runs one command and, when its own standard input closes, ends it and all that it started. It restarts nothing.

Started by file, not by name, and so imports nothing of pophub. On a hub systemd does this.
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
    """The command's exit code, once nothing of it is left."""
    if sys.platform == "linux":
        # what the command leaves behind becomes our child, not init's, and so is found below
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    family: set[int] = set()
    threading.Thread(target=_stop_with_parent, args=(process, family, grace_seconds), daemon=True).start()
    code = process.wait()
    for pid in family | descendants(os.getpid()):
        _kill(pid)
    return code


def _stop_with_parent(process: subprocess.Popen[bytes], family: set[int], grace_seconds: float) -> None:
    # not through sys.stdin, whose lock a thread must not hold when Python ends
    while os.read(0, 1024):
        pass
    family |= descendants(process.pid)
    process.terminate()
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        process.kill()


def descendants(ancestor: int) -> set[int]:
    """Children, and theirs, whatever their sessions and process groups."""
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
