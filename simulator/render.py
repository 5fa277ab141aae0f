"""The result as tables, as JSON data, and as a plot in SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from rich.console import Group, RenderableType
from rich.table import Table

from pophub.core.cost.forms.svg import Scale, element
from simulator.score import ORACLE, Score, ratios, total
from simulator.ways import ALWAYS, HOURS, SCHEDULE, STOCK, WATCH

Rows = Mapping[str, tuple[Score, ...]]
HEADS = ("hours", "USD", "waited", "in session", "turned away", "by watch", "by culler", "by schedule", "cut")
# in drawing order, from back to front; the colours are safe for colour-blind people (https://jfly.uni-koeln.de/color/)
DOTS = {ALWAYS: "#999999", STOCK: "#CC79A7", SCHEDULE: "#56B4E9", HOURS: "#E69F00", ORACLE: "#009E73", WATCH: "#D55E00"}
LEFT, WIDTH, LINE = 230, 560, 20
X = Scale(0, 1, LEFT, LEFT + WIDTH)


def as_text(rows: Rows) -> RenderableType:
    """The sum of all events for each way; then each event's two ratios."""
    together = Table("all events", title=f"{len(rows)} events", title_justify="left")
    for head in HEADS:
        together.add_column(head, justify="right")
    for row in total(rows.values()):
        together.add_row(row.way, f"{row.hours:.0f}", f"{row.usd:.0f}", f"{row.waited:.0f}", *map(str, _counts(row)))
    each = Table("event", title="cost-watch beside", title_justify="left")
    for head in ("the optimal schedule", "always on", "optimal / always on"):
        each.add_column(head, justify="right")
    for name, scores in {**rows, "all": total(rows.values())}.items():
        oracle, always = ratios(scores)
        each.add_row(name, f"{oracle:.2f}", f"{always:.2f}", f"{always / oracle:.2f}")
    return Group(together, each)


def as_json(rows: Rows) -> dict[str, Any]:
    """Every event's scores and both ratios; hours and USD with two paths."""
    return {
        name: {
            "of_oracle": round(ratios(scores)[0], 4),
            "of_always_on": round(ratios(scores)[1], 4),
            "ways": [_plain(row) for row in scores],
        }
        for name, scores in {**rows, "all": total(rows.values())}.items()
    }


def as_svg(rows: Rows) -> str:
    """One line for each event, one dot for each way: its cost as a share of a machine that is always on."""
    width, height = LEFT + WIDTH + 40, LINE * (len(rows) + 4)
    legend = [
        dot(LEFT + 95 * index, 14, colour, way) + text(way, LEFT + 95 * index + 8, 18)
        for index, (way, colour) in enumerate(reversed(DOTS.items()))
    ]
    grid = [
        element("line", x1=X(share), x2=X(share), y1=LINE * 2, y2=height - LINE * 1.5, stroke="#ddd")
        + text(f"{share:.0%}", X(share), height - 10, "middle")
        for share in (0, 0.25, 0.35, 0.5, 0.75, 1)
    ]
    lines = [_line(LINE * (index + 3), name, scores) for index, (name, scores) in enumerate(rows.items())]
    title = element("title", "cost as a share of always on")
    style = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {width} {height}", "font_family": "sans-serif"}
    return element("svg", title, *legend, *grid, *lines, **style, font_size=11) + "\n"


def _line(y: int, name: str, scores: tuple[Score, ...]) -> str:
    usd = {row.way: row.usd for row in scores}
    dots = (dot(X(float(usd[way] / usd[ALWAYS])), y - 4, colour, way) for way, colour in DOTS.items())
    return text(name, LEFT - 10, y, "end") + "".join(dots)


def dot(x: float, y: float, colour: str, way: str) -> str:
    return element("circle", element("title", escape(way)), cx=x, cy=y, r=4, fill=colour, fill_opacity="0.85")


def text(words: str, x: float, y: float, anchor: str = "start") -> str:
    return element("text", escape(words), x=x, y=y, text_anchor=anchor)


def _counts(row: Score) -> tuple[int, ...]:
    return row.waited_in_session, row.turned_away, row.by_watch, row.by_culler, row.by_schedule, row.cut


def _plain(row: Score) -> dict[str, Any]:
    return {key: float(round(value, 2)) if isinstance(value, Decimal) else value for key, value in asdict(row).items()}
