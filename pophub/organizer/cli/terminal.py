"""Terminal output that all commands share: errors as text and exit codes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from pophub.core.errors import PophubError

# without a terminal, a line for each step would fill a log
EVERY_SECONDS = 15


@contextmanager
def organizer_errors(*, as_json: bool = False) -> Iterator[None]:
    """Print a PophubError and its hint to stderr and exit with its code; let everything else through.

    `as_json` also prints the problems as one object to stdout, for a reader who expects JSON there.
    """
    try:
        yield
    except PophubError as error:
        print(error.problem, file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        if as_json:
            print_json({"problems": _problems(error)})
        sys.exit(error.code)


def tell(title: str, rows: Iterable[tuple[str, str]], warnings: Iterable[str]) -> None:
    """Print what a command is going to do."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, what in rows:
        table.add_row(f"  {name}", Text(what, overflow="fold"))
    lines = [Text(f"warning: {warning}", style="yellow") for warning in warnings]
    Console(stderr=True).print(Text(title, style="bold"), table, *lines, sep="\n", highlight=False)


def require_answer(remedy: str) -> None:
    """Raise if there is no terminal at which somebody can answer."""
    if not sys.stdin.isatty():
        raise PophubError("this command needs a terminal to ask questions", hint=remedy)


@contextmanager
def progress(what: str, how_long: str) -> Iterator[Callable[[str], None]]:
    """Print what is being done and how long it may take; the yielded function shows the newest line of progress.

    On a terminal that line replaces the one before; elsewhere one is printed now and then.
    """
    console = Console(stderr=True)
    console.print(f"{what}: {how_long}", highlight=False)
    if not console.is_terminal:
        yield _now_and_then(lambda line: console.print(f"{what}: {line}", highlight=False, soft_wrap=True))
        return
    with console.status(what) as status:
        # the spinner in front of it needs space
        yield lambda line: status.update(Text(_cut(f"{what}: {line}", console.width - 3)))


def _now_and_then(say: Callable[[str], None]) -> Callable[[str], None]:
    """A function that passes a line on only if it is new and the last one was passed on some seconds ago."""
    lines, due = "", time.monotonic() + EVERY_SECONDS

    def hear(line: str) -> None:
        nonlocal lines, due
        if line != lines and time.monotonic() >= due:
            lines, due = line, time.monotonic() + EVERY_SECONDS
            say(line)

    return hear


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


def put(result: RenderableType, out: Path | None) -> None:
    """Print a result, or write it to a file. Text is written unchanged, whatever the terminal is."""
    try:
        with open_or_stdout(out) as file:
            if isinstance(result, str):
                file.write(f"{result}\n")
            else:
                Console(file=file).print(result)
    except OSError as error:
        raise PophubError(f"{out} cannot be written: {error.strerror}", hint="name another file with --out") from error


def open_or_stdout(out: Path | None) -> AbstractContextManager[TextIO]:
    """The file to write to; stdout without `out`."""
    return nullcontext(sys.stdout) if out is None else out.open("w", encoding="utf-8")


def print_json(result: Mapping[str, Any]) -> None:
    """Print a command's result as one JSON object."""
    print(json.dumps(result, indent=2))


def _problems(error: PophubError) -> list[dict[str, Any]]:
    if not error.problems:
        return [{"problem": error.problem, "remedy": error.hint}]
    return [asdict(problem) for problem in error.problems]
