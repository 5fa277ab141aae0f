"""One command from start to end: its log, the progress that it reports, and the error if it fails."""

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
    """For `follow`, if the program changes nothing."""
    return False


class Attempt:
    """`what` names the command in errors; each line passed to `talk` is its current progress."""

    def __init__(self, what: str, log: TextIO, talk: Talk) -> None:
        self._what, self._log, self._talk = what, log, talk
        self._prefix = ""

    @property
    def log(self) -> Path:
        """The log file with all of the output."""
        return Path(self._log.name)

    def say(self, line: str) -> None:
        """Report the progress."""
        self._talk(f"{self._prefix}{line}")

    def note(self, text: str) -> None:
        """Write a line into the log."""
        self._log.write(f"{text}\n")
        self._log.flush()

    def failure(self, output: str) -> PophubError:
        """The error to raise for this output."""
        return diagnose(self._what, output, self._log.name)

    def follow_messages(self, process: subprocess.Popen[str], progress: Progress, *, quiet: bool) -> tuple[int, str]:
        """Follow a Terraform that prints JSON until it ends: its exit code and its errors."""
        messages: list[Message] = []

        def hear(line: str) -> None:
            message = parse(line.rstrip("\n"))
            messages.append(message)
            progress.hear(message)
            self.note(as_text(message))
            if not quiet:
                self.say(progress.line())

        code = follow(process, hear, lambda: progress.has_begun, self._interrupted)
        return code, errors_in(messages)

    def follow_text(self, process: subprocess.Popen[str], *, noted: bool = True) -> tuple[int, str]:
        """Follow any other program until it ends: its exit code and its output."""
        printed: list[str] = []

        def hear(line: str) -> None:
            printed.append(line)
            if noted:
                self.note(line.rstrip("\n"))

        code = follow(process, hear, nothing_begun, self._interrupted)
        return code, "".join(printed)

    def _interrupted(self, what: str) -> None:
        self.note(what)
        self.say(what)
        self._prefix = "interrupted, "


@contextmanager
def attempt(what: str, log: TextIO, talk: Talk) -> Iterator[Attempt]:
    """An attempt; its log is closed at the end."""
    with log:
        yield Attempt(what, log, talk)
