"""The report as Markdown, for a repository or a mail. Characters with a meaning in Markdown are escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pophub.core.cost.forms.figures import facts
from pophub.core.cost.forms.tables import Sheet, sheets, span
from pophub.core.cost.report import Report


def as_markdown(report: Report) -> str:
    """The whole report, with every participant."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {_text(report.basis.title)}: what it cost"
    yield f"\n{_text(report.basis.event)}, {span(report)}\n"
    for name, figure in facts(report):
        yield f"- **{name}**: {_text(figure)}"
    if report.notes:
        yield "\n## What is missing or uncertain\n"
        yield from (f"- {_text(note)}" for note in report.notes)
    for sheet in sheets(report, people=True):
        yield f"\n## {sheet.title}\n"
        yield from _table(sheet)


def _table(sheet: Sheet) -> Iterator[str]:
    yield _row(sheet.head)
    yield _row(("---", *("---:" for _ in sheet.head[1:])))
    yield from (_row(tuple(map(_text, row))) for row in sheet.rows)
    yield _row(tuple(f"**{cell}**" if cell else "" for cell in sheet.total))


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)
