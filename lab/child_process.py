"""A program of the lab that is not ours, started under lab/child_runner.py, so that it never outlives its parent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import child_runner

# the time that a hub needs to end its servers in order; then the command is killed
GRACE_SECONDS = 15
# the time that the runner itself needs after that
MARGIN_SECONDS = 5


class ChildProcess:
    """A running command; its output goes to `log`. Secrets belong only into `environment`."""

    def __init__(self, command: Sequence[str], *, log: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        with log.open("ab") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-P", child_runner.__file__, str(GRACE_SECONDS), *command],
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
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(GRACE_SECONDS + MARGIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
