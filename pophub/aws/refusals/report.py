"""The output of `pophub explain`: the explanations of a log, as text and as JSON data."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pophub.aws.refusals.explain import explain_log
from pophub.aws.refusals.explanation import Explanation
from pophub.core.errors import PophubError

LOGS = "give it the whole log (deploys leave theirs in .pophub/logs)"
NOTHING = f"no line of it looks like an error of Terraform, AWS or the set-up; {LOGS}"


def read_log(name: str) -> Sequence[Explanation]:
    """The explanations of a log; `-` is the standard input.

    Raises:
        PophubError: the file cannot be read, is empty, or is not text.
    """
    try:
        given = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        hint = "name a log file, or `-` for the standard input; deploys leave theirs in .pophub/logs"
        raise PophubError(f"{name} cannot be read: {error.strerror}", hint=hint) from error
    shown = "the standard input" if name == "-" else name
    if not given.strip():
        raise PophubError(f"{shown} is empty", hint=LOGS)
    if b"\0" in given:
        raise PophubError(f"{shown} is not text", hint=LOGS)
    return explain_log(given.decode("utf-8", "replace"))


def as_json(found: Sequence[Explanation]) -> dict[str, Any]:
    return {"explanations": [asdict(each) for each in found]}


def as_text(found: Sequence[Explanation]) -> str:
    return "\n\n".join(map(_paragraph, found)) or NOTHING


def _paragraph(each: Explanation) -> str:
    source = f"\n  source: {each.source}" if each.source else ""
    message = f"\n  message: {each.message}" if each.message and each.message != each.problem else ""
    return f"line {each.line} ({each.kind}): {each.problem}\n  next: {each.next_step}{message}{source}"
