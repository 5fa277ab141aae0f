"""The few parts of SVG that the charts need: elements as text, scales, round ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from values to positions."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The position of a value; `start` if the range of values is empty."""
        if self.last == self.first:
            return self.start
        return self.start + (value - self.first) / (self.last - self.first) * (self.end - self.start)


def element(name: str, *children: str, **attributes: str | float) -> str:
    """An element; `class_` becomes `class`, and other underscores become hyphens."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_attribute(value))}" for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def words(text: str, x: float, y: float, class_: str = "label", anchor: str = "start") -> str:
    return element("text", escape(text), x=x, y=y, class_=class_, text_anchor=anchor)


def line(start: Point, end: Point, class_: str) -> str:
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def path(points: Sequence[Point], class_: str, *, closed: bool = False) -> str:
    way = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return element("path", d=f"M{way}{'Z' if closed else ''}", class_=class_)


def bar(x: float, y: float, width: float, height: float, class_: str, *, about: str = "", round_: float = 2) -> str:
    """A rectangle; `about` is its tooltip."""
    title = [element("title", escape(about))] if about else []
    return element("rect", *title, x=x, y=y, width=width, height=height, rx=round_, class_=class_)


def chart(width: float, height: float, alternative: str, parts: Iterable[str], class_: str) -> str:
    """The whole chart; `alternative` is its text for people who cannot see it."""
    named = {"viewBox": f"0 0 {number(width)} {number(height)}", "role": "img", "aria-label": alternative}
    written = "".join(f" {key}={quoteattr(value)}" for key, value in named.items())
    return f'<svg class="{class_}"{written}>{"".join(parts)}</svg>'


def ticks(top: float, most: int) -> list[float]:
    """Round values from 0 to at least `top`, in steps of 1, 2 or 5 times a power of ten."""
    if top <= 0:
        return [0.0, 1.0]
    least = top / most
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= least * (1 - 1e-9))
    return [step * count for count in range(math.ceil(top / step - 1e-9) + 1)]


def number(value: float) -> str:
    """A position, rounded to a tenth of a pixel."""
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")


def _attribute(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)
