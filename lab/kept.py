"""A program of the lab that is not ours: started under the keeper, so that it never outlives whoever started it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import keeper

# what a hub needs to end its servers in order; the command is killed after that
GRACE_SECONDS = 15
# what the keeper itself needs then
MARGIN_SECONDS = 5


class Kept:
    """A running command; what it prints goes to `log`, secrets belong into `environment` only."""

    def __init__(self, command: Sequence[str], *, log: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        with log.open("ab") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-P", keeper.__file__, str(GRACE_SECONDS), *command],
                stdin=subprocess.PIPE,
                stdout=sink,
                stderr=sink,
                cwd=folder,
                env=dict(environment),
                # Ctrl-C at the terminal is for the parent, which then closes us in order
                start_new_session=True,
            )

    @property
    def ended(self) -> bool:
        """Whether it has ended, by itself or not."""
        return self._process.poll() is not None

    def last_words(self, lines: int = 5) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").strip().splitlines()[-lines:])

    def stop(self) -> None:
        """End it and all that it started, also when it hangs; a second stop does nothing."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(GRACE_SECONDS + MARGIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
