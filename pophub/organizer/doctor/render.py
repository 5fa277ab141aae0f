"""The findings for a person (rich, 80 columns) and for a program (JSON)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pophub.organizer.doctor.finding import Colour, Finding

# a sign and a word beside the colour, for people who cannot see colours
SIGNS = {Colour.GREEN: "✓", Colour.YELLOW: "!", Colour.RED: "✗", Colour.UNKNOWN: "?"}
STYLES = {Colour.GREEN: "green", Colour.YELLOW: "yellow", Colour.RED: "bold red", Colour.UNKNOWN: "magenta"}


def as_text(findings: Sequence[Finding]) -> RenderableType:
    """The findings, and a last line that counts the colours."""
    return Group(as_table(findings), Text(summary(findings)))


def as_table(findings: Iterable[Finding]) -> RenderableType:
    """The findings grouped by area, each with its next step."""
    parts: list[RenderableType] = []
    for area, of_area in groupby(findings, key=lambda finding: finding.area):
        parts += [Text(area, style="bold"), Padding(_table(_merged(of_area)), (0, 0, 1, 0))]
    return Group(*parts)


def as_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """The findings as plain data, with the count of each colour."""
    found = list(findings)
    return {"findings": [asdict(each) for each in found], "counts": _counts(found)}


def summary(findings: Iterable[Finding]) -> str:
    """For example `1 red, 2 yellow, 0 unknown, 20 green`."""
    counts = _counts(findings)
    return ", ".join(f"{counts[colour]} {colour}" for colour in ("red", "yellow", "unknown", "green"))


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    counts = Counter(str(each.colour) for each in findings)
    return {str(colour): counts[str(colour)] for colour in Colour}


def _table(rows: Iterable[Finding]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(width=3)
    table.add_column(width=17)
    table.add_column(overflow="fold")
    for row in rows:
        answer = Text(row.answer, overflow="fold")
        if row.next_step:
            answer.append(f"\n→ {row.next_step}", style="italic")
        sign = Text(f"  {SIGNS[row.colour]}", style=STYLES[row.colour])
        table.add_row(sign, Text(row.question), answer)
    return table


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """Join consecutive findings that are unknown for the same reason."""
    merged: list[Finding] = []
    for found in findings:
        last = merged[-1] if merged else None
        if last and found.colour is Colour.UNKNOWN and (last.colour, last.answer) == (found.colour, found.answer):
            merged[-1] = Finding(
                last.area, f"{last.question}, {found.question}", last.colour, last.answer, last.next_step
            )
        else:
            merged.append(found)
    return merged
