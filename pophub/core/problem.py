"""A problem in a file: one form for all of them."""

from __future__ import annotations

from dataclasses import dataclass


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
