"""Split a log into its errors: Terraform as text and as JSON lines, cdktf, boto3, cloud-init, apt, pip, npm. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pophub.aws.refusals.message import PLACE, one_line

LONGEST_SAID = 600
# lines; real errors are shorter, but a log may have no end
LONGEST_BLOCK = 300
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# Terraform draws a frame around a diagnostic if it writes to a terminal
FRAME = re.compile(r"^\s*[│╷╵]\s?")
# prefixes that the journal, cloud-init and terminal logs put before a line
STAMP = re.compile(
    r"^(?:\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ [\w.@-]+(?:\[\d+\])?: |\[ *\d+\.\d+\] (?:cloud-init\[\d+\]: )?"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d,.:+Z-]*\s+(?:-\s+)?)+"
)
# cdktf puts the stack's name first; an error that begins with "operation error" is the cause of the one above
TERRAFORM = re.compile(r"^\s*(?:[\w.-]+ {2,})?(?:Error|Warning|ERROR): *(?!operation error)\S?")
NPM = re.compile(r"^npm (?:ERR!|error) ?")
ONE_LINE = re.compile(
    r"^\s*(?:E: |Err:\d+ |curl: \(\d+\)|fatal: |error: |aws: \[ERROR\]|An error occurred \(|Error response from|docker: "
    r"|dpkg: error|make(?:\[\d+\])?: \*\*\* (?!\[)|Cannot find module|gyp ERR! |(?:/\S+: )?(?:line )?[\w./-]+: .*not found$"
    r"|[\w./-]*\.py\[(?:WARNING|ERROR)\]: |[\w.]+(?:Error|Exception|NotFound|Refusal|Expired)(?:: |$)"
    r"|[a-z][a-z0-9-]+ [a-z]+(?:_[a-z0-9]+)+: \w[\w.]*: )"
)
# the cause, which also begins with "Error: ", belongs to this error:
# https://github.com/hashicorp/aws-sdk-go-base/blob/main/errors.go
HAS_MORE = re.compile(r"about providing credentials\.\s*$")
TRACEBACK = re.compile(r"^\s*Traceback \(most recent call last\):")
PROGRESS = re.compile(
    r"^\s*(?:[\w.-]+ {2,})?\S+(?: \(\S+\))?: (?:Creating\.\.\.|Still |Creation complete|Destroying\.\.\.|Destruction complete"
    r"|Modifying\.\.\.|Modifications complete|Refreshing state|Read(?:ing\.\.\.| complete))"
)
# an outer program that only says that an inner one failed
WRAPPER = re.compile(
    r"^\s*(?:Error: +)?(?:(?:Invoking )?terraform(?: CLI)?(?: \w+)? failed with exit code \d+|non-zero exit code \d+)\s*$",
    re.I,
)
SYNTH = re.compile(r"cdktf encountered an error while synthesizing")


@dataclass(frozen=True, slots=True)
class Block:
    """One error of a log: its first line (starting at 1), its text, and whether it is marked as an error."""

    line: int
    text: str
    is_error: bool = True

    @property
    def message(self) -> str:
        """The text in one line, without its place in the code."""
        text = re.sub(r"^(?:[\w.-]+ )?(?:Error|ERROR): *", "", one_line(PLACE.sub("", self.text)))
        return text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…"


def blocks_in(text: str) -> Sequence[Block]:
    """The errors in their order. A text without any marked error is one block with `is_error` false."""
    found = list(_cut(text.splitlines()))
    if found or not text.strip():
        return [block for block in found if block.is_error]
    lines = text.splitlines()
    last = max(len(lines) - LONGEST_BLOCK, 0)
    return [Block(last + 1, "\n".join(map(_plain, lines[last:])), is_error=False)]


def _cut(lines: Sequence[str]) -> Iterator[Block]:
    number = 0
    while number < len(lines):
        line = _plain(lines[number])
        if diagnostics := _json_diagnostics(line):
            yield from (Block(number + 1, text, is_error=severe) for severe, text in diagnostics)
            number += 1
            continue
        end = _end(lines, number, line)
        if end:
            text = "\n".join(map(_plain, lines[number:end][:LONGEST_BLOCK]))
            if not WRAPPER.match(text.strip()):
                yield Block(number + 1, text, is_error=not text.lstrip().partition(": ")[0].endswith("Warning"))
        number = end or number + 1


def _end(lines: Sequence[str], start: int, line: str) -> int:
    """The line after the error that begins at `start`; 0 if no error begins there."""
    if TRACEBACK.match(line):
        return _end_of_traceback(lines, start)
    if NPM.match(line):
        return next((at for at in range(start, len(lines)) if not NPM.match(_plain(lines[at]))), len(lines))
    if WRAPPER.match(line):
        return start + 1
    if SYNTH.search(line):
        # the cause comes far below, in the app's own output
        return len(lines)
    if TERRAFORM.match(line):
        end = _until(lines, start + 1, _ends_a_diagnostic)
        has_more = end < len(lines) and HAS_MORE.search(one_line(" ".join(map(_plain, lines[start:end]))))
        return _until(lines, end + 1, _ends_a_diagnostic) if has_more else end
    return _until(lines, start + 1, lambda each: not each[:1].isspace()) if ONE_LINE.match(line) else 0


def _end_of_traceback(lines: Sequence[str], start: int) -> int:
    indent = len(_plain(lines[start])) - len(_plain(lines[start]).lstrip())
    last = _until(lines, start + 1, lambda each: bool(each.strip()) and len(each) - len(each.lstrip()) <= indent)
    return _until(lines, last + 1, lambda each: not each.strip() or bool(TERRAFORM.match(each)))


def _until(lines: Sequence[str], start: int, ends: Any) -> int:
    return next((at for at in range(start, len(lines)) if ends(_plain(lines[at]))), len(lines))


def _ends_a_diagnostic(line: str) -> bool:
    starts = (
        TERRAFORM.match(line) or TRACEBACK.match(line) or NPM.match(line) or PROGRESS.match(line) or WRAPPER.match(line)
    )
    # pip, apt and our own commands write errors at the very start of a line
    return bool(starts or line.startswith(("{", "E: ")))


def _plain(line: str) -> str:
    return STAMP.sub("", FRAME.sub("", ANSI.sub("", line)))


def _json_diagnostics(line: str) -> list[tuple[bool, str]]:
    """The diagnostics of a line of Terraform's -json output: whether each is an error, and its text.

    https://developer.hashicorp.com/terraform/internals/machine-readable-ui#diagnostic
    """
    if not line.startswith("{"):
        return []
    try:
        message = json.loads(line)
    except ValueError:
        return []
    given = [message["diagnostic"]] if "diagnostic" in message else message.get("diagnostics", [])
    return [(each.get("severity") == "error", _as_text(each)) for each in given if isinstance(each, dict)]


def _as_text(diagnostic: dict[str, Any]) -> str:
    address = diagnostic.get("address")
    place = f"\n\n  with {address}," if address else ""
    return f"Error: {diagnostic.get('summary', '')}{place}\n\n{diagnostic.get('detail', '')}".strip()
