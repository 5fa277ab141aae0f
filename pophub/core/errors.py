"""Errors: one class, one form for a problem in a file, one list of exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    DONE = 0  # also if there was nothing to do
    FIX = 1  # the organizer can fix it
    USAGE = 2  # wrong usage (click's own)
    REFUSED = 3  # the cloud or the hub refused


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place of a file. `line` starts at 1; 0 means the whole file."""

    path: str
    line: int
    field: str
    problem: str
    remedy: str
    got: str | None = None

    def __str__(self) -> str:
        got = "" if self.got is None else f" (got {self.got})"
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.field}: {self.problem}{got}; {self.remedy}"


class PophubError(Exception):
    """An error with a remedy. Any other exception is a bug and keeps its traceback.

    `field` is the key of the event file that causes it, as in `host.instance_type`; empty if no key does.
    """

    def __init__(
        self,
        problem: str,
        *,
        hint: str = "",
        code: ExitCode = ExitCode.FIX,
        field: str = "",
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.code = code
        self.field = field
        self.problems = tuple(problems)

    @property
    def sentence(self) -> str:
        """The problem and the next step in one line, for a list of several errors."""
        return f"{self.problem}; next: {self.hint}" if self.hint else self.problem
