"""The report for a terminal. Only this form needs rich, which the hub does not have."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pophub.core.cost.forms.figures import facts
from pophub.core.cost.forms.tables import Sheet, sheets, span
from pophub.core.cost.report import Report


def as_text(report: Report, *, people: bool = False) -> RenderableType:
    """The figures, the notes and the tables; with `people` there is a row for each participant."""
    title = Text.assemble((report.basis.event, "bold"), f": {report.basis.title}, {span(report)}")
    return Group(title, Text(), _facts(report), *_notes(report), *_tables(report, people=people))


def _facts(report: Report) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, figure in facts(report):
        table.add_row(Text(name, style="bold"), Text(figure, overflow="fold"))
    return table


def _notes(report: Report) -> Iterator[Text]:
    if report.notes:
        yield Text()
    yield from (Text(f"note: {note}", style="yellow") for note in report.notes)


def _tables(report: Report, *, people: bool) -> Iterator[RenderableType]:
    for sheet in sheets(report, people=people):
        yield Text.assemble("\n", (sheet.title, "bold"))
        yield Padding(_table(sheet), (0, 0, 0, 2))


def _table(sheet: Sheet) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, name in enumerate(sheet.head):
        table.add_column(Text(name), justify="right" if number else "left", overflow="fold")
    for row in sheet.rows:
        table.add_row(*map(Text, row))
    table.add_row(*map(Text, sheet.total), style="bold")
    return table
