"""The edge that all scripts share: errors an organizer can act on, as text and as an exit code. It does no work itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from pophub.errors import PophubError


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
    """Say to a person what is going to be done."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, what in rows:
        table.add_row(f"  {name}", Text(what, overflow="fold"))
    said = [Text(f"warning: {warning}", style="yellow") for warning in warnings]
    Console(stderr=True).print(Text(title, style="bold"), table, *said, sep="\n", highlight=False)


def require_answer(remedy: str) -> None:
    """Refuse to go on where nobody can be asked."""
    if not sys.stdin.isatty():
        raise PophubError("nobody can be asked here: the standard input is no terminal", hint=remedy)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Say what is being done; on a terminal also the newest line that the answer is called with."""
    console = Console(stderr=True)
    console.print(f"{what}: some minutes", highlight=False)
    with console.status(what) as status:
        yield lambda line: status.update(Text(f"{what}: {line[:80]}"))


def put(result: RenderableType, out: Path | None) -> None:
    """Print a result, or write it to a file. Text goes out as it is, whatever the terminal is like."""
    try:
        with open_or_stdout(out) as file:
            if isinstance(result, str):
                file.write(f"{result}\n")
            else:
                Console(file=file).print(result)
    except OSError as error:
        raise PophubError(f"{out} cannot be written: {error.strerror}", hint="name another file with --out") from error


def open_or_stdout(out: Path | None) -> AbstractContextManager[TextIO]:
    """A file to write, or what is printed to."""
    return nullcontext(sys.stdout) if out is None else out.open("w", encoding="utf-8")


def print_json(result: Mapping[str, Any]) -> None:
    """Print a script's result as one JSON object."""
    print(json.dumps(result, indent=2))


def _problems(error: PophubError) -> list[dict[str, Any]]:
    if not error.problems:
        return [{"problem": error.problem, "remedy": error.hint}]
    return [asdict(problem) for problem in error.problems]
