"""The costs at a hub in a browser: reached from the hub's pages, with the figures of the JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from lab.hub import LabHub
from pophub.core.cost.money import apportioned, shown
from tests.browser.browsing import Tab
from tests.browser.people import sign_in

pytestmark = [pytest.mark.hub, pytest.mark.browser]


@pytest.fixture
def tab(tab_with_pages: Tab) -> Tab:
    return tab_with_pages


def rows(tab: Tab, table: str) -> list[list[str]]:
    return [row.locator("td").all_text_contents() for row in tab.page.locator(f"#{table} tbody tr").all()]


TABLES = {"parts": "by_part", "whom": "by_whom", "days": "by_day", "sessions": "by_session"}


def cents(told: dict[str, Any], table: str) -> list[str]:
    """The amounts of a table of the JSON as a page for people shows them."""
    return [shown(amount) for amount in apportioned([Decimal(row["amount"]) for row in told[table]])]


def figures(tab: Tab) -> dict[str, Any]:
    """What `report.json` says, beside the page."""
    tab.go("As JSON")
    told = json.loads(tab.page.locator("body").inner_text())
    tab.page.go_back()
    return dict(told)


def test_an_organizer_comes_from_the_hub_and_sees_the_figures_of_the_json(tab: Tab, pages_hub: LabHub) -> None:
    sign_in(tab, pages_hub.url, "octocat")
    tab.open(f"{pages_hub.url}/hub/home")
    tab.go("Costs")
    tab.page.wait_for_url("**/services/costs/")
    told: dict[str, Any] = {}
    # all within ten seconds are of one moment; a page between two that say the same is of that one
    for _ in range(20):
        told = figures(tab)
        tab.page.reload()
        seen = {table: rows(tab, table) for table in TABLES}
        cards = tab.page.locator(".cards dd").all_text_contents()
        if figures(tab) == told:
            break
    else:
        pytest.fail("never two of one moment")

    for table, name in TABLES.items():
        assert [(row[0], row[-1]) for row in seen[table]] == list(
            zip([row["what"] for row in told[name]], cents(told, name), strict=True)
        )
    use = told["use"]
    for amount, places in ((told["total"], 2), (use["a_person_hour"], 3), (use["saved_by_stopping"], 2)):
        assert [card for card in cards if card.startswith(shown(Decimal(amount), places))], (amount, cards)
    tab.go("With names")
    assert "ada" in [row[0] for row in rows(tab, "whom")]


def test_a_participant_sees_their_own_hours(tab: Tab, pages_hub: LabHub) -> None:
    sign_in(tab, pages_hub.url, "ada")
    tab.open(f"{pages_hub.url}/hub/home")
    tab.go("My hours")
    tab.page.wait_for_url("**/services/costs/")

    assert [row[-1] for row in rows(tab, "stays")] == ["3.50"]
    assert tab.page.locator("svg").count() == 0
    tab.go("To the hub")
    tab.page.wait_for_url("**/hub/home")
