"""The cost report's page in a browser: figures of the JSON, nothing to complain of, nobody asked, good on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pophub.core.cost.forms.as_json import as_json
from pophub.core.cost.forms.page import as_page
from pophub.core.cost.report import Report
from tests.browser.browsing import WIDTHS, Tab
from tests.pophub.conftest import make_event
from tests.pophub.core.cost import finished
from tests.pophub.reports import make_basis, running_report

__all__ = ["make_basis", "make_event", "running_report"]
pytestmark = pytest.mark.browser
FINISHED = finished.DOCS / "report.html"
TABLES = {"parts": "by_part", "everybody": "by_whom", "days": "by_day", "sessions": "by_session"}
# what is drawn, by the size of its letters on the screen
LETTERS = """() => [...document.querySelectorAll("svg")].filter(it => it.checkVisibility()).flatMap(it => {
  const scale = it.getBoundingClientRect().width / it.viewBox.baseVal.width;
  return [...it.querySelectorAll("text")].map(text => parseFloat(getComputedStyle(text).fontSize) * scale);
})"""
# letters that stand outside of their picture
OUTSIDE = """() => [...document.querySelectorAll("svg")].filter(it => it.checkVisibility()).flatMap(it => {
  const box = it.getBoundingClientRect();
  return [...it.querySelectorAll("text")].filter(text => {
    const own = text.getBoundingClientRect();
    return own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 1;
  }).map(text => text.textContent);
})"""


@pytest.fixture
def tab(browser: Browser, shots: Path) -> Iterator[Tab]:
    tab = Tab(browser, shots, "file://")
    yield tab
    tab.close()
    assert (tab.errors, tab.strangers) == ([], [])


def _rows(tab: Tab, table: str) -> list[list[str]]:
    rows = tab.page.locator(f"#{table} tbody tr").all()
    return [row.locator("td").all_text_contents() for row in rows]


def test_the_figures_are_those_of_the_json(tab: Tab) -> None:
    tab.page.goto(FINISHED.as_uri())
    told = json.loads((finished.DOCS / "report.json").read_text())

    for table, name in TABLES.items():
        rows = _rows(tab, table)
        assert [row[0] for row in rows] == [row["what"] for row in told[name]]
        for row, exact in zip(rows, told[name], strict=True):
            assert abs(Decimal(row[-1]) - Decimal(exact["amount"])) < Decimal("0.01"), row
        assert sum(Decimal(row[-1]) for row in rows) == round(Decimal(told["total"]), 2)


def test_a_running_event_shows_where_it_will_end(tab: Tab, running_report: Report, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(as_page(running_report))
    tab.page.goto(page.as_uri())
    ahead = as_json(running_report)["forecast"]

    assert tab.page.locator("svg.wide .cone").count() == 1
    assert f"{Decimal(ahead['expected']):.2f}" in tab.page.locator(".cards").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_letters_of_the_pictures_can_be_read_and_none_is_cut_off(tab: Tab, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.page.goto(FINISHED.as_uri())

    sizes = tab.page.evaluate(LETTERS)
    assert len(sizes) > 30
    assert min(sizes) > 10
    assert tab.page.evaluate(OUTSIDE) == []


def test_on_paper_it_is_dark_on_light_and_not_wider_than_the_sheet(tab: Tab) -> None:
    tab.page.goto(FINISHED.as_uri())
    tab.page.emulate_media(media="print", color_scheme="dark")
    tab.page.set_viewport_size({"width": 700, "height": 1000})

    assert tab.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 700
    tab.shot("cost report on paper")
