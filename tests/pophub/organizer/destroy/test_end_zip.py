"""What an organizer keeps: everything there is, and no file for what there is not."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from pophub.aws.client import Aws
from pophub.core.cost.report import Report
from pophub.hub.archive.history import History, from_json
from pophub.organizer.cost.cost_report import so_far
from pophub.organizer.destroy.end_zip import as_html, contents, zipped
from tests.pophub.core.cost.finished import EVENT, GONE, METER

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
FILE = ("geo.yaml", b"title: Geo\n")


@pytest.fixture(scope="module")
def cost() -> Report:
    return so_far(str(EVENT), Aws(), [METER], now=GONE, ask=False, names=False, gone=GONE)


def test_pages_costs_status_and_the_events_file_are_in_it(cost: Report) -> None:
    history = History("t", culls=3)
    files = contents("# Geo", cost, archive={"complete": True}, history=history, event_file=FILE)

    assert set(files) == {
        *("retrospective.md", "retrospective.html", "costs.html", "costs.csv", "archive.json", "history.json"),
        "geo.yaml",
    }
    assert files["geo.yaml"] == FILE[1]
    assert b"<h1>Geo</h1>" in files["retrospective.html"]
    assert files["costs.csv"].startswith(b"table,what,amount")
    assert json.loads(files["archive.json"]) == {"complete": True}
    assert from_json(json.loads(files["history.json"])) == history


def test_there_is_no_file_of_what_is_not_known() -> None:
    files = contents("# Geo", "no meter in the bucket", archive={}, history=None, event_file=FILE)

    assert set(files) == {"retrospective.md", "retrospective.html", "archive.json", "geo.yaml"}


def test_it_is_one_folder_and_equal_bytes_for_equal_files() -> None:
    made = zipped("geo-end", {"b": b"2", "a": b"1"}, GONE)
    with zipfile.ZipFile(io.BytesIO(made)) as end_zip:
        assert end_zip.namelist() == ["geo-end/a", "geo-end/b"]
        assert end_zip.read("geo-end/b") == b"2"

    assert zipped("geo-end", {"a": b"1", "b": b"2"}, GONE) == made


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
