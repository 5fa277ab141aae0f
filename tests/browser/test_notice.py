"""The hub's stop in JupyterLab: seen in time, read with every theme and width, answered with the mouse or the keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Request, WebSocketRoute, expect

from lab.github import LabGitHub
from pophub.organizer.event.event import Event
from tests.browser.browsing import Tab
from tests.browser.people import lab_is_open, sign_in
from tests.hub_config.noticed import Noticed, noticed

pytestmark = [pytest.mark.hub, pytest.mark.browser]
# a minute of the page takes a second
FAST = "const real = window.setTimeout; window.setTimeout = (f, ms, ...more) => real(f, ms === 60000 ? 1000 : ms, ...more);"
# a minute later, and the person looks at the tab again
LATER = """() => {
  const before = Date.now;
  Date.now = () => before() + 60000;
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# ours on JupyterLab's page
OURS = ".pophub-stop-notice, .pophub-usage"
THEME = """(theme) => fetch("/user/grace/lab/api/settings/@jupyterlab/apputils-extension:themes", {
  method: "PUT", body: JSON.stringify({ raw: JSON.stringify({ theme }) }),
  headers: { "Content-Type": "application/json", "X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)[1] },
}).then((answer) => answer.status)"""


@pytest.fixture(scope="module")
def place(hackweek: Event, lab_github: LabGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Noticed]:
    with noticed(hackweek, lab_github, tmp_path_factory.mktemp("noticed")) as place:
        yield place


@pytest.fixture(scope="module")
def lab(browser: Browser, shots: Path, place: Noticed, lab_github: LabGitHub) -> Iterator[Tab]:
    """JupyterLab, with nothing announced."""
    tab = Tab(browser, shots, place.hub.url, lab_github.url)
    sign_in(tab, place.hub.url, "grace")
    tab.go("Start")
    lab_is_open(tab)
    yield tab
    tab.close()
    assert (tab.errors, tab.strangers) == ([], [])


@pytest.fixture
def alert(lab: Tab, place: Noticed) -> Locator:
    """With nothing announced, as the page knows."""
    place.forget()
    look_again(lab)
    found = lab.page.get_by_role("alert")
    expect(found).to_have_count(0)
    return found


def reload(tab: Tab) -> None:
    tab.page.reload()
    lab_is_open(tab)


def look_again(tab: Tab) -> None:
    """As a reload, for what the hub says by now; JupyterLab need not load once more."""
    with tab.page.expect_response(lambda response: "/hub/api/stop-notice" in response.url):
        tab.page.evaluate(LATER)


def test_what_the_server_uses_stands_in_the_status_bar(lab: Tab) -> None:
    # a server of the lab is no container, so its memory is not known
    expect(lab.page.locator("#jp-main-statusbar .pophub-usage")).to_have_text(
        re.compile(r"^Disk [\d.]+ of [\d.]+ GiB$")
    )


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_can_be_read_and_reached_in_every_theme_and_width(
    lab: Tab, place: Noticed, alert: Locator, theme: str
) -> None:
    assert lab.page.evaluate(THEME, theme) == 204
    reload(lab)
    expect(alert).to_have_count(0)
    quiet = lab.complaints(f"{theme} quiet", keyboard=False, part=OURS)
    of_jupyterlab = {complaint.rpartition(": ")[2] for complaint in quiet}
    place.announce()
    look_again(lab)
    expect(alert).to_contain_text("The hub stops at 17:40: save your work.")
    expect(alert).to_contain_text("no work since 17:00")
    stop = lab.complaints(f"{theme} stop", keyboard=False, part=OURS)

    assert [complaint for complaint in stop if complaint.rpartition(": ")[2] not in of_jupyterlab] == []


def test_the_keyboard_reaches_it(lab: Tab, place: Noticed, alert: Locator) -> None:
    notice = place.announce()
    reload(lab)
    expect(alert).to_be_visible()
    for _ in range(20):
        lab.page.keyboard.press("Tab")
        if lab.page.evaluate("document.activeElement.textContent") == "Keep the hub on for an hour":
            break
    lab.page.keyboard.press("Enter")
    expect(lab.page.get_by_text("The hub stays on until 18:30.")).to_be_visible()

    assert json.loads(place.asked.read_text()) == [notice["keep"]["until"]]


def test_a_click_keeps_the_hub_for_an_hour_and_says_so(lab: Tab, place: Noticed, alert: Locator) -> None:
    notice = place.announce()
    look_again(lab)
    lab.click("Keep the hub on for an hour")
    expect(lab.page.get_by_role("status").filter(has_text="The hub stays on until 18:30.")).to_be_visible()

    expect(alert).to_have_count(0)
    assert json.loads(place.asked.read_text()) == [notice["keep"]["until"]]
    lab.shot("kept")
    lab.click("Hide")
    expect(lab.page.locator(".pophub-stop-notice")).to_have_count(0)


def test_a_click_that_comes_too_late_is_told_so(lab: Tab, place: Noticed, alert: Locator) -> None:
    place.announce()
    look_again(lab)
    place.announce(keep=False)
    lab.click("Keep the hub on for an hour")
    expect(alert).to_have_text("The hub can no longer be kept on: save your work.")
    lab.forgive("status of 409")


def test_a_hub_that_does_not_answer_a_click_is_told_so(lab: Tab, place: Noticed, alert: Locator) -> None:
    place.announce()
    look_again(lab)
    lab.page.route(f"{place.address}*", lambda route: route.abort())
    lab.click("Keep the hub on for an hour")
    expect(alert).to_have_text("The hub could not be asked: save your work, and try again.")
    lab.page.unroute(f"{place.address}*")
    lab.forgive("net::ERR_FAILED")


def test_a_stop_against_which_no_wish_counts_has_no_such_button(lab: Tab, place: Noticed, alert: Locator) -> None:
    place.announce(keep=False)
    look_again(lab)
    expect(alert).to_be_visible()

    assert lab.named(re.compile("Keep")).count() == 0


def test_who_put_the_first_warning_away_sees_the_last_one(lab: Tab, place: Noticed, alert: Locator) -> None:
    place.announce(seconds=130)
    look_again(lab)
    expect(alert).to_contain_text("The hub stops at 17:40")
    lab.click("Hide")
    expect(alert).to_have_count(0)

    expect(alert).to_contain_text("less than two minutes", timeout=45_000)
    lab.shot("last warning")


def test_a_program_that_was_ended_for_its_memory_is_told_beside_a_stop(
    lab: Tab, place: Noticed, alert: Locator
) -> None:
    event = {"schema_id": "https://pophub.invalid/events/ended-for-memory", "programs": 1, "limit": "2 GiB"}
    sockets: list[WebSocketRoute] = []

    def hear(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    lab.page.route_web_socket(re.compile("/api/events/subscribe"), hear)
    place.announce()
    reload(lab)
    expect(alert).to_contain_text("The hub stops at 17:40")
    sockets[-1].send(json.dumps(event))
    ended = alert.filter(has_text="A program was ended: your server's memory of 2 GiB was full.")
    expect(ended).to_be_visible()
    lab.shot("ended for memory")
    sockets[-1].send(json.dumps({**event, "programs": 2}))
    expect(alert.filter(has_text="2 programs were ended")).to_be_visible()
    expect(ended).to_have_count(0)
    expect(alert).to_have_count(2)
    lab.page.locator(".pophub-ended").get_by_role("button", name="Hide").click()
    expect(alert).to_have_text(re.compile("The hub stops"))


def test_it_comes_and_goes_by_itself_and_asks_once_a_minute(lab: Tab, place: Noticed, alert: Locator) -> None:
    asked: list[Request] = []
    lab.page.on("request", lambda it: asked.append(it) if it.url.startswith(place.address) else None)
    reload(lab)
    lab.page.evaluate("for (let i = 0; i < 5; i++) document.dispatchEvent(new Event('visibilitychange'))")
    lab.page.wait_for_timeout(2000)
    assert len(asked) == 1
    assert not {"cookie", "authorization"} & asked[0].all_headers().keys()

    lab.page.add_init_script(FAST)
    reload(lab)
    expect(alert).to_have_count(0)
    lab.page.keyboard.press("Tab")
    at_work = lab.page.evaluate_handle("document.activeElement")
    place.announce()
    expect(alert).to_be_visible()
    assert lab.page.evaluate("(it) => it === document.activeElement && it !== document.body", at_work)
    place.forget()
    expect(alert).to_have_count(0)

    place.announce()
    lab.click("Hide")
    for _ in range(2):
        with lab.page.expect_response(lambda it: it.url.startswith(place.address)):
            pass
    expect(alert).to_have_count(0)
