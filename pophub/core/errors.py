"""Errors: one class, one list of exit codes.

Each start of a program on the machine imports this file, so it imports little itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pophub.core.problem import Problem


class ExitCode(IntEnum):
    DONE = 0  # also if there was nothing to do
    FIX = 1  # the organizer can fix it
    USAGE = 2  # wrong usage (click's own)
    REFUSED = 3  # the cloud or the hub refused


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
