"""What `pophub explain` prints: the explanations of a log, as text and as data."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pophub.errors import PophubError
from pophub.refusals.explain import explain_log
from pophub.refusals.explanation import Explanation


def read_log(name: str) -> Sequence[Explanation]:
    """The explanations of a log; `-` is the standard input.

    Raises:
        PophubError: the file cannot be read.
    """
    try:
        given = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        hint = "name a log file, or `-` for the standard input; deploys leave theirs in .lab/logs"
        raise PophubError(f"{name} cannot be read: {error.strerror}", hint=hint) from error
    return explain_log(given.decode("utf-8", "replace"))


def as_json(found: Sequence[Explanation]) -> dict[str, Any]:
    """For a program."""
    return {"explanations": [asdict(each) for each in found]}


def as_text(found: Sequence[Explanation]) -> str:
    """For a person."""
    return "\n\n".join(map(_paragraph, found)) or "no error was found in it"


def _paragraph(each: Explanation) -> str:
    source = f"\n  source: {each.source}" if each.source else ""
    said = f"\n  message: {each.said}" if each.said and each.said != each.problem else ""
    return f"line {each.line} ({each.kind}): {each.problem}\n  next: {each.next_step}{said}{source}"
