"""One command from its start to its end: its log, who hears how far it is, and what it failed of."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pophub.aws.refusals import diagnose
from pophub.core.errors import PophubError
from pophub.organizer.deploy.interrupt import follow
from pophub.organizer.deploy.terraform.messages import Message, as_text, errors_in, parse
from pophub.organizer.deploy.terraform.progress import Progress

Talk = Callable[[str], None]


def nothing_begun() -> bool:
    """What a program answers that changes nothing."""
    return False


class Attempt:
    """`what` names it in errors; each line of `talk` is where it stands now."""

    def __init__(self, what: str, log: TextIO, talk: Talk) -> None:
        self._what, self._log, self._talk = what, log, talk
        self._prefix = ""

    @property
    def log(self) -> Path:
        """Where all that was said stands."""
        return Path(self._log.name)

    def say(self, line: str) -> None:
        """Say where it stands."""
        self._talk(f"{self._prefix}{line}")

    def note(self, text: str) -> None:
        """Write into the log."""
        self._log.write(f"{text}\n")
        self._log.flush()

    def failure(self, output: str) -> PophubError:
        """The error to raise for what was said."""
        return diagnose(self._what, output, self._log.name)

    def follow_messages(self, process: subprocess.Popen[str], progress: Progress, *, quiet: bool) -> tuple[int, str]:
        """A Terraform that speaks JSON, to its end: its exit code and its errors."""
        heard: list[Message] = []

        def hear(line: str) -> None:
            message = parse(line.rstrip("\n"))
            heard.append(message)
            progress.hear(message)
            self.note(as_text(message))
            if not quiet:
                self.say(progress.line())

        code = follow(process, hear, lambda: progress.has_begun, self._interrupted)
        return code, errors_in(heard)

    def follow_text(self, process: subprocess.Popen[str], *, noted: bool = True) -> tuple[int, str]:
        """Any other program, to its end: its exit code and what it said."""
        said: list[str] = []

        def hear(line: str) -> None:
            said.append(line)
            if noted:
                self.note(line.rstrip("\n"))

        code = follow(process, hear, nothing_begun, self._interrupted)
        return code, "".join(said)

    def _interrupted(self, what: str) -> None:
        self.note(what)
        self.say(what)
        self._prefix = "interrupted, "


@contextmanager
def attempt(what: str, log: TextIO, talk: Talk) -> Iterator[Attempt]:
    """An attempt whose log is closed at its end."""
    with log:
        yield Attempt(what, log, talk)
