"""JupyterHub's program for `lab.forks`: what a hub imports is half of its start, and each fork of it is a hub of its own.

It runs with the Python of a hub, so it imports nothing of pophub: each hub imports that from its own bundle.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

from lab.child_process import COMMAND, adopt_orphans, oversee

PROGRAM = "jupyterhub"
# what the sections and the hub import later
ALSO = ("dockerspawner", "oauthenticator.github", "oauthenticator.google", "sqlalchemy.dialects.sqlite")


class _Child:
    """What is needed here of subprocess.Popen, for a child that was forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def wait(self, timeout: float | None = None) -> int:
        end = select.poll()
        end.register(self._handle, select.POLLIN)
        if not end.poll(None if timeout is None else timeout * 1000):
            raise subprocess.TimeoutExpired(PROGRAM, timeout or 0)
        return 0

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)


def prepare() -> Callable[[], None]:
    """Import JupyterHub; what is returned does as lab/child_process.py does with `python -m jupyterhub ARGUMENTS`."""
    main = import_module(f"{PROGRAM}.app").main
    for module in ALSO:
        import_module(module)
    # the checkout, from which this file comes
    sys.path.remove(os.getcwd())  # noqa: PTH109 - as Python has written it
    return lambda: _run(main)


def _run(main: Callable[[], None]) -> None:
    grace_seconds, folder, *arguments = json.loads(os.environ.pop(COMMAND))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.chdir(folder)
    adopt_orphans()
    if pid := os.fork():
        oversee(_Child(pid), grace_seconds)
        os._exit(0)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    sys.argv = [PROGRAM, *arguments]
    main()
    sys.exit()
