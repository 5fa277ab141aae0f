"""A lab server in a process of its own: it reports its port, and ends when its parent process ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from lab.child_process import close_and_wait
from lab.forks import Forked, Forks
from lab.running import Running
from pophub.core.errors import PophubError

READY = "ready on port "
START_SECONDS = 60
STOP_SECONDS = 10


def announce(port: int) -> None:
    """Report the port to the parent, and exit as soon as the parent closes our standard input or ends."""
    print(f"{READY}{port}", flush=True)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


class Child(Running):
    """`python -m MODULE ARGUMENTS`, ready once it has reported its port; a context manager.

    With `forks`, which are of the same module, it is one of them, and has no arguments.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        log: Path,
        environment: Mapping[str, str] | None = None,
        forks: Forks | None = None,
    ) -> None:
        self._log = log
        own = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | Forked
        with log.open("ab") as sink:
            if forks:
                self._process = forks.start(sink, own)
            else:
                # a terminal's Ctrl-C goes to the parent only, which then closes us in order
                self._process = subprocess.Popen(
                    [sys.executable, "-m", module, *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=sink,
                    env=own,
                    start_new_session=True,
                )
        self.port = self._await_port(module)

    def _await_port(self, module: str) -> int:
        watchdog = threading.Timer(START_SECONDS, self._process.kill)
        watchdog.start()
        try:
            assert self._process.stdout is not None
            for line in self._process.stdout:
                text = line.decode(errors="replace").strip()
                if text.startswith(READY):
                    return int(text.removeprefix(READY))
        finally:
            watchdog.cancel()
        self.stop()
        tail = self._log.read_text(errors="replace").strip().splitlines()[-3:]
        raise PophubError(f"{module} did not start: {' / '.join(tail)}", hint=f"its log is {self._log}")

    def stop(self) -> None:
        """End it; a second call does nothing."""
        close_and_wait(self._process, STOP_SECONDS)
