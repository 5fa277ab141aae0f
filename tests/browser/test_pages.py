"""The hub's own pages at a hub, in a browser that notes errors; tests/browser/test_every_page.py looks at each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route

from lab.fake_participant import FakeParticipant
from lab.hub import LabHub
from lab.plans import plan_of
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide import guide
from tests.browser.browsing import Tab
from tests.browser.people import sign_in

pytestmark = [pytest.mark.hub, pytest.mark.browser]


def test_the_guide_is_read_without_signing_in(tab: Tab, lab_hub: LabHub, hackweek: Event) -> None:
    tab.open(lab_hub.url)
    tab.go("How to use the hub")
    shown = tab.page.locator("main section li").all_inner_texts()

    assert shown == [sentence.text for section in guide(plan_of(hackweek)) for sentence in section.sentences]


def told(step: dict[str, Any]) -> Callable[[Route], None]:
    """A hub that says this of the server's start, again and again."""
    body = f"retry: 100\ndata: {json.dumps(step)}\n\n"
    return lambda route: route.fulfill(content_type="text/event-stream", body=body)


def test_a_server_is_waited_for_fails_runs_and_is_stopped(tab: Tab, lab_hub: LabHub) -> None:
    sign_in(tab, lab_hub.url, "grace")
    waits = "You are number 38 in the queue. Your server is ready in about 40 seconds."
    tab.page.route("**/server/progress*", told({"progress": 20, "message": waits}))
    tab.go("Start")
    tab.says("Your server is starting")
    tab.page.locator("#progress-message", has_text=waits).wait_for()

    tab.page.route("**/server/progress*", told({"progress": 100, "failed": True, "message": "No space: " + "x" * 200}))
    tab.says("Your server did not start")

    tab.page.unroute("**/server/progress*")
    tab.go("Start it once more")
    tab.says("Your server is running")
    tab.go("Stop my server")
    tab.says("Your server is not running")
    tab.open(f"{lab_hub.url}/user/grace/lab")
    tab.says("Perhaps nobody used it for 60 minutes")
    tab.forgive("status of 424")


def test_the_admin_page_offers_to_open_only_what_a_helper_may_open(tab: Tab, lab_hub: LabHub) -> None:
    ada, helper = FakeParticipant(lab_hub.url, "ada"), FakeParticipant(lab_hub.url, "octocat")
    for person in (ada, helper):
        person.sign_in()
        person.start_server()
    sign_in(tab, lab_hub.url, "octocat")
    tab.page.goto(f"{lab_hub.url}/hub/admin")
    tab.page.get_by_role("row").filter(has_text="ada").get_by_role("button", name="Stop Server").wait_for()
    # React's buttons are JupyterHub's
    ours = [it for it in tab.complaints("admin", keyboard=False) if "pixels wide" in it or "heading" in it]
    assert ours == []
    offered = tab.page.get_by_role("link", name="Access Server")

    assert [link.get_attribute("href") for link in offered.all()] == ["/user/octocat/"]
    assert not tab.named("Shutdown Hub").is_visible()
    tab.page.once("dialog", lambda question: question.dismiss())
    tab.click("Stop All")
    assert ada.server_is_running()
    for person in (ada, helper):
        person.sign_out()
