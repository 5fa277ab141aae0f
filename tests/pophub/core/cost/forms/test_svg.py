"""The little of SVG that charts need."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pophub.core.cost.forms import svg


@pytest.mark.parametrize(
    ("top", "most", "expected"),
    [(416, 5, [0, 100, 200, 300, 400, 500]), (1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]), (48, 3, [0, 20, 40, 60]), (0, 5, [0, 1])],
)  # fmt: skip
def test_ticks_are_round_and_reach_the_top(top: float, most: int, expected: list[float]) -> None:
    assert svg.ticks(top, most) == pytest.approx(expected)


def test_a_scale_without_a_range_stands_still() -> None:
    assert svg.Scale(0, 10, 100, 200)(5) == 150
    assert svg.Scale(3, 3, 100, 200)(3) == 100


def test_text_and_attributes_are_escaped() -> None:
    picture = svg.chart(10, 10, 'a "b" <c>', [svg.words("<&>", 1, 2), svg.bar(0, 0, 1, 1, "x", about="<b>")], "wide")
    root = ElementTree.fromstring(picture)

    assert root.attrib["aria-label"] == 'a "b" <c>'
    assert root.findtext("text") == "<&>"
    assert root.findtext("rect/title") == "<b>"


def test_places_are_told_to_a_tenth() -> None:
    assert [svg.number(it) for it in (1.0, 1.25, 0.04, -0.01)] == ["1", "1.2", "0", "0"]
