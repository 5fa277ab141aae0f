"""Our own Markdown becomes one page that stands alone, and nothing in it becomes markup that was none."""

from __future__ import annotations

import re

import pytest

from pophub.organizer.destroy.as_html import as_html

PAGE = r"""# Geo: looking back

geo, written
today

- **people**: 53 came
- `idle.hub_minutes` below 30

## When

| from | hours |
| --- | ---: |
| 2027 | **1.5** |
| a \| b | \<i\> |
"""


@pytest.mark.parametrize(
    "markup",
    [
        "<title>Geo: looking back</title>",
        "<h1>Geo: looking back</h1>",
        "<p>geo, written\ntoday</p>",
        "<ul><li><strong>people</strong>: 53 came</li><li><code>idle.hub_minutes</code> below 30</li></ul>",
        "<h2>When</h2>",
        '<thead><tr><th scope="col">from</th><th scope="col">hours</th></tr></thead>',
        "<tbody><tr><td>2027</td><td><strong>1.5</strong></td></tr><tr><td>a | b</td><td>&lt;i&gt;</td></tr></tbody>",
    ],
)
def test_each_part_has_its_markup(markup: str) -> None:
    assert markup in re.sub(r">\n+<", "><", as_html(PAGE))


@pytest.mark.parametrize(
    "text",
    ["<script>", "<script> **x**", "# <script>", "- <script>", "**<script>**", "`<script>`", "| <script> |\n| --- |"],
)
def test_no_text_becomes_markup(text: str) -> None:
    assert "<script>" not in as_html(text)
    assert "&lt;script&gt;" in as_html(text)


@pytest.mark.parametrize(
    "text", ["[x](https://a.org)", "![x](https://a.org/b.png)", "<https://a.org>", "https://a.org"]
)
def test_no_address_in_somebody_s_words_becomes_a_link(text: str) -> None:
    assert not re.search("<a |<img ", as_html(text))


def test_no_style_is_given_that_the_page_s_policy_forbids() -> None:
    assert " style=" not in as_html(PAGE)
