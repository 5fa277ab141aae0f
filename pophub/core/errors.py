"""What the tool says when something is wrong: one error class, one shape for a problem, one list of exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command answers to the shell."""

    DONE = 0  # "nothing to do" included
    FIX = 1  # the organizer can fix it
    USAGE = 2  # wrong usage (click's own)
    REFUSED = 3  # the cloud or the hub refused


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place of a file; `line` is 1-based, 0 where the file as a whole is meant."""

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
    """An error with a remedy. Anything else that is raised is a bug and keeps its traceback.

    `field` is the key of the event file that is to blame, as in `host.instance_type`; empty where none is.
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
        """The problem and the next step in one line, for a list of several."""
        return f"{self.problem}; next: {self.hint}" if self.hint else self.problem
