"""The helpers' page at a real hub in a browser: who is here, what helpers do there, and what others see of it."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import expect

from lab.fake_participant import FakeParticipant
from lab.hub import LabHub
from lab.wait import wait_until
from pophub.hub.rehearsal.pages import Page
from tests.browser.browsing import Tab
from tests.browser.people import sign_in

pytestmark = [pytest.mark.hub, pytest.mark.browser]
PAGE = "/services/helpers/"


@pytest.fixture
def tab(tab_with_pages: Tab) -> Tab:
    return tab_with_pages


def participant(pages_hub: LabHub, person: str) -> FakeParticipant:
    found = FakeParticipant(pages_hub.url, person)
    found.sign_in()
    return found


def test_a_helper_sees_everybody_and_starts_restarts_and_stops_a_server(tab: Tab, pages_hub: LabHub) -> None:
    participant(pages_hub, "ada")
    sign_in(tab, pages_hub.url, "octocat")
    tab.go("Helpers")
    ada = tab.page.locator("tbody tr", has_text="ada")
    expect(ada).to_contain_text("off")
    expect(tab.page.locator("tbody tr", has_text="late")).to_contain_text("never came")
    expect(tab.page.locator("tbody tr", has_text="octocat")).to_contain_text("helper")
    assert "<script" not in tab.page.locator("tbody").inner_html()

    tab.page.get_by_role("button", name="Start the server of ada").click()
    expect(ada).to_contain_text("running", timeout=60_000)
    tab.page.get_by_role("button", name="Restart the server of ada").click()
    tab.page.locator("#yes").click()
    expect(tab.page.locator("#outcome")).to_have_text("the server of ada is starting again.", timeout=60_000)
    expect(ada).to_contain_text("running", timeout=60_000)

    tab.page.get_by_role("button", name="Stop the server of ada").click()
    tab.page.keyboard.press("Escape")
    expect(ada).to_contain_text("running")
    tab.page.get_by_text("For everybody").click()
    tab.page.get_by_role("button", name="Stop all servers").click()
    tab.page.get_by_label("Type “stop all” to do it").fill("stop all")
    tab.page.locator("#yes").click()
    expect(tab.page.locator("#outcome")).to_have_text("1 server is stopping.")
    expect(ada).to_contain_text("off", timeout=60_000)


def test_what_a_helper_says_is_on_everybodys_pages(tab: Tab, pages_hub: LabHub) -> None:
    sign_in(tab, pages_hub.url, "octocat")
    tab.open(f"{pages_hub.url}{PAGE}")
    tab.page.get_by_text("For everybody").click()
    tab.page.get_by_label("Say something to everybody").fill("Lunch is <ready>")
    tab.page.get_by_role("button", name="Say it").click()
    expect(tab.page.locator("#outcome")).to_have_text("everybody sees the message within a minute.")
    assert (pages_hub.state / "run" / "message.json").exists()
    tab.page.get_by_role("button", name="Take it back").click()
    expect(tab.page.locator("#outcome")).to_have_text("the message is taken back.")


def test_others_do_not_come_in_and_a_script_does(pages_hub: LabHub) -> None:
    ada, octocat = participant(pages_hub, "ada"), participant(pages_hub, "octocat")
    assert ada.get(PAGE).status_code == 403
    assert PAGE not in Page(ada.get("/hub/home").text).links

    made = octocat.ask_api("POST", "users/octocat/tokens", {"note": "a script"}).json()["token"]
    headers = {"Authorization": f"token {made}", "Accept": "application/json"}
    found = requests.get(f"{pages_hub.url}{PAGE}state.json", headers=headers, timeout=30).json()
    assert {person["user"] for person in found["people"]} >= {"ada", "octocat", "late"}
    done = requests.post(f"{pages_hub.url}{PAGE}do/add-guest", json={"user": "Guest-1"}, headers=headers, timeout=30)
    assert done.json() == {"done": "guest-1 can sign in now"}
    again = requests.post(f"{pages_hub.url}{PAGE}do/add-guest", json={"user": "guest-1"}, headers=headers, timeout=30)
    assert (again.status_code, again.json()["problem"]) == (409, "the hub did not do it: User guest-1 already exists")


def test_a_forged_request_does_nothing(pages_hub: LabHub) -> None:
    octocat = participant(pages_hub, "octocat")
    octocat.get(PAGE)
    forged = octocat.browser.post(
        f"{pages_hub.url}{PAGE}do/stop-all", json={"word": "stop all"}, headers={"Sec-Fetch-Mode": "cors"}, timeout=30
    )

    assert forged.status_code == 403


def test_a_page_that_dies_does_not_take_the_hub_along(pages_hub: LabHub) -> None:
    octocat = participant(pages_hub, "octocat")
    [page] = [it for it in pages_hub.pages if it.log.name == "helpers.log"]
    page.stop()
    wait_until(lambda: octocat.get(PAGE).status_code == 503, 30, "its address says that it does not answer")

    assert octocat.get("/hub/home").ok
