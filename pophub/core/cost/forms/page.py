"""The report as one HTML page without scripts or other files, for light and dark mode, wide and narrow screens, and print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from importlib.resources import files

from pophub.core.cost.forms import charts
from pophub.core.cost.forms.figures import facts, figures
from pophub.core.cost.forms.tables import Sheet, sheets, span
from pophub.core.cost.report import Report
from pophub.core.cost.rows import HUB
from pophub.core.look import NO_BRAND, Brand, with_code
from pophub.core.look import framed as framed_page

Draw = Callable[[Report, int, str], str]
# each chart is drawn twice: a chart for one width has text that cannot be read at the other
WIDTHS = {"wide": 840, "narrow": 358}
ON, SESSION, CONE = (f'<span class="key {name}"></span>' for name in ("on", "session", "cone"))


def as_page(report: Report, *, top: str = "", brand: Brand = NO_BRAND) -> str:
    """The whole page; `top` is HTML that is placed first."""
    return framed(f"{report.basis.title}: what it cost", f"{top}{contents(report)}", brand=brand)


def framed(title: str, body: str, *, brand: Brand = NO_BRAND) -> str:
    """A page with the style of reports."""
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    return framed_page(title, body, brand=brand, style=style)


def contents(report: Report) -> str:
    """The report without the page around it."""
    return "\n".join(_contents(report))


def _contents(report: Report) -> Iterator[str]:
    yield "<main>"
    title = escape(f"{report.basis.title}: what it cost")
    yield f"<header><h1>{title}</h1><p>{escape(report.basis.event)}, {span(report)}</p></header>"
    if report.usd is not None:
        yield f'<dl class="cards">{"".join(_cards(report))}</dl>'
    if report.notes:
        notes = "".join(f"<li>{with_code(note)}</li>" for note in report.notes)
        yield f'<section class="notes" aria-label="What is missing or uncertain"><ul>{notes}</ul></section>'
    yield from _pictures(report)
    for sheet, whole in zip(sheets(report, people=False), sheets(report, people=True), strict=True):
        more = _folded(whole) if len(whole.rows) > len(sheet.rows) else ""
        yield f"<section><h2>{escape(sheet.title)}</h2>{table(sheet, sheet.name)}{more}</section>"
    terms = "".join(f"<dt>{escape(name)}</dt><dd>{escape(figure)}</dd>" for name, figure in facts(report))
    yield f'<section><h2>How it was counted</h2><dl class="facts">{terms}</dl></section>'
    yield "</main>"


def _cards(report: Report) -> Iterator[str]:
    cards = [figure.card for figure in figures(report) if figure.card]
    yield from (card(each.name, each.figure, each.about) for each in sorted(cards, key=lambda each: each.place))


def card(name: str, figure: str, about: str) -> str:
    """One of the figures at the top, for a list with the class `cards`."""
    return f"<div><dt>{escape(name)}</dt><dd>{escape(figure)}<small>{escape(about)}</small></dd></div>"


def _pictures(report: Report) -> Iterator[str]:
    if report.usd is None:
        return
    currency = report.basis.tariff.currency
    cone = (
        f"; {CONE} where it may end: idle stop works, or always on; dotted: by the schedule" if report.forecast else ""
    )
    yield _figure("Spending and budget", report, charts.spending, f"{currency}{cone}")
    machine = HUB if report.machines else "the machine"
    hours = f"{ON}{machine} ran &ensp; {SESSION}session; hours of the event's time zone"
    yield _figure("On and off", report, charts.running, hours)
    yield _figure("Cost by day", report, charts.by_day, currency)
    yield _figure(
        "People present", report, charts.people, f"the most at once in each quarter of an hour &ensp; {SESSION}session"
    )
    if report.machines:
        yield _figure("Workers", report, charts.workers, f"at each moment &ensp; {SESSION}session")


def _figure(title: str, report: Report, draw: Draw, caption: str) -> str:
    drawn = "".join(draw(report, width, name) for name, width in WIDTHS.items())
    return f"<section><h2>{title}</h2><figure>{drawn}<figcaption>{caption}</figcaption></figure></section>"


def _folded(sheet: Sheet) -> str:
    return f"<details><summary>every participant</summary>{table(sheet, 'everybody')}</details>"


def table(sheet: Sheet, id_: str) -> str:
    """A table that scrolls by itself if it is too wide, with its total at the foot."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' if cell else "<td></td>" for cell in sheet.head)
    rows = [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in sheet.rows]
    foot = "".join(f"<td>{escape(cell)}</td>" for cell in sheet.total)
    return (
        f'<div class="scroll"><table id="{id_}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody><tfoot><tr>{foot}</tr></tfoot></table></div>"
    )
