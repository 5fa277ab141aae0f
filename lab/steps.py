"""The demo's steps: what is done, its result and its duration, shown while they run and as one table."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

# a log would be full of lines otherwise
EVERY_SECONDS = 15


@dataclass(slots=True)
class Step:
    """One row; `result` is what the step found out, for the reader of the table."""

    name: str
    result: str = ""
    seconds: float = 0.0
    failed: bool = False


class Steps:
    """Prints to stderr: a spinner on a terminal, otherwise a line for each step and now and then how far it is."""

    def __init__(self, console: Console | None = None, title: str = "demo") -> None:
        self.console = console or Console(stderr=True)
        self._title = title
        self.done: list[Step] = []
        self._status: Status | None = None
        self._due = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Measure one step; an error is raised again after the row has been marked."""
        step, start = Step(name), time.monotonic()
        self.done.append(step)
        self._due = start + EVERY_SECONDS
        if not self.console.is_terminal:
            self.console.print(f"… {name}", highlight=False)
        try:
            with self.console.status(escape(name)) as self._status:
                yield step
        except BaseException as error:
            step.failed, step.result = True, step.result or (str(error).strip() or type(error).__name__).splitlines()[0]
            raise
        finally:
            self._status = None
            step.seconds = time.monotonic() - start
            mark = "[red]✗[/]" if step.failed else "[green]✓[/]"
            self.console.print(
                f"{mark} {escape(name)}: {escape(step.result)} [dim]({step.seconds:.1f} s)[/]",
                highlight=False,
                soft_wrap=True,
            )

    def talk(self, line: str) -> None:
        """Show the newest line of a long step's output beside its name."""
        if self._status is None or not line:
            return
        if self.console.is_terminal:
            self._status.update(f"{escape(self.done[-1].name)} [dim]{escape(line[:80])}[/]")
        elif time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY_SECONDS
            self.console.print(f"… {escape(self.done[-1].name)}: {escape(line)}", highlight=False, soft_wrap=True)

    def table(self) -> Table:
        """The steps with their results and seconds, as a table."""
        table = Table("step", "result", "seconds", title=escape(self._title))
        for step in self.done:
            result = escape(f"FAILED: {step.result}" if step.failed else step.result)
            table.add_row(escape(step.name), result, f"{step.seconds:.1f}")
        table.add_row("all", "failed" if self.failed else "passed", f"{self.seconds:.1f}", style="bold")
        return table

    @property
    def failed(self) -> bool:
        """Whether any step failed."""
        return any(step.failed for step in self.done)

    @property
    def seconds(self) -> float:
        """The seconds of all steps."""
        return sum(step.seconds for step in self.done)

    def as_json(self) -> dict[str, Any]:
        """The table as one object."""
        return {"steps": [asdict(step) for step in self.done], "passed": not self.failed, "seconds": self.seconds}


def print_table(steps: Steps) -> None:
    """Print the table to stdout, because it is the result; without a terminal it is wide enough for every row."""
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140).print(steps.table())
