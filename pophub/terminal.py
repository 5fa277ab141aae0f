"""The edge that all scripts share: errors an organizer can act on, as text and as an exit code. It does no work itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

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


def print_json(result: dict[str, Any]) -> None:
    """Print a script's result as one JSON object."""
    print(json.dumps(result, indent=2))


def _problems(error: PophubError) -> list[dict[str, Any]]:
    if not error.problems:
        return [{"problem": error.problem, "remedy": error.hint}]
    return [asdict(problem) for problem in error.problems]
