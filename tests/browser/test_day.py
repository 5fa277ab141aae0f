"""A participant's day at a hub with the browser: sign in, choose, wait, work, log out, and find it all again."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lab.fake_participant import FakeParticipant
from lab.github import LabGitHub
from lab.hub import LabHub
from lab.wait import wait_until
from pophub.organizer.event.event import Event
from tests.browser.browsing import Tab
from tests.browser.people import choose, lab_is_open, open_menu, run_cell, save, sign_in
from tests.conftest import unpacked

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.hub, pytest.mark.browser]
PERSON = "Carol-X"


def test_somebody_works_logs_out_and_finds_the_work_again(tab: Tab, lab_hub: LabHub) -> None:
    stranger = FakeParticipant(lab_hub.url, PERSON)
    sign_in(tab, lab_hub.url, PERSON)
    tab.page.get_by_label("Size of your server").select_option("large")
    start = time.monotonic()
    tab.go("Start")
    tab.says("Your server is starting")
    lab_is_open(tab)
    log.info("from the form to JupyterLab: %.1f s", time.monotonic() - start)
    assert run_cell(tab, "open('notes.txt', 'w').write('kept'); print(6 * 7)") == "42"
    save(tab)
    tab.shot_at_every_width("lab")
    assert "Restart Kernel…" in open_menu(tab, "Kernel")
    tab.page.keyboard.press("Escape")
    assert tab.errors == []
    choose(tab, "File", "Log Out")
    tab.says("Sign in with GitHub")
    wait_until(lambda: not stranger.server_is_running(), 30, "the server is gone")
    # JupyterLab's last words to its server
    tab.forgive("/user/")

    sign_in(tab, lab_hub.url, PERSON)
    tab.go("Start")
    lab_is_open(tab)
    tab.page.locator(".jp-OutputArea-output", has_text="42").wait_for()
    tab.page.locator(".jp-DirListing-item", has_text="notes.txt").click(button="right")
    tab.page.locator(".lm-Menu-itemLabel").get_by_text("Download", exact=True).wait_for()

    # other tests of this hub find nobody at work
    tab.page.goto(f"{lab_hub.url}/hub/logout")
    wait_until(lambda: not stranger.server_is_running(), 30, "the server is gone again")
    tab.forgive("/user/")


def test_jupyterlab_opens_what_the_event_says(
    browser: Browser, shots: Path, hackweek: Event, lab_github: LabGitHub, tmp_path: Path
) -> None:
    server = hackweek.server.model_copy(update={"default_url": "/lab/tree/Welcome.md", "choices": ()})
    # a plain title, for the pictures
    event = hackweek.model_copy(update={"server": server, "title": "Geo Hackweek 2027"})
    folder = unpacked(event, tmp_path)
    with LabHub(folder, lab_github, servers="processes") as hub:
        tab = Tab(browser, shots, hub.url, lab_github.url)
        tab.open(hub.url)
        sign_in(tab, hub.url, PERSON)
        lab_is_open(tab)
        tab.page.get_by_role("tab", name="Welcome.md").wait_for()
        welcome = tab.page.locator(".jp-MarkdownViewer").get_by_role("heading", name="Welcome")
        welcome.wait_for()
        tab.shot("lab with a file")
        with tab.page.expect_popup() as opened:
            choose(tab, "Help", "How to Use the Hub")
        opened.value.get_by_role("heading", name="how to use the hub").wait_for()
        opened.value.close()

        tab.page.set_viewport_size({"width": 390, "height": 800})
        tab.page.reload()
        welcome.wait_for()
        expect(tab.page.locator(".jp-DirListing-content")).to_be_hidden()
        tab.shot("lab on a phone")
        tab.close()
    assert (tab.errors, tab.strangers) == ([], [])
