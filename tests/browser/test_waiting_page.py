"""The page that stands at the event's address while its machine is prepared, and when that has failed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from pophub.core.contract import STATUS_FILE
from pophub.core.look import NO_BRAND
from pophub.hub.install.waiting_page import waiting_page
from tests.browser.browsing import Tab

pytestmark = pytest.mark.browser
EVENT = {"title": "Geo <Hackweek> & Friends", "contact": ["ada@example.org"]}
PAGE = waiting_page(EVENT, NO_BRAND)
STATUS = {
    "state": "preparing",
    "step": 4,
    "of": 9,
    "doing": "installing the hub",
    "failed": "",
    "refused": "",
    "bundle": "",
    **EVENT,
    "log": "/var/log/pophub-install.log",
    "at": "2026-11-29T08:30:00Z",
}
FAILED = {**STATUS, "state": "failed", "failed": f"no route to the bucket: {'https://example.org/' * 6}"}


class Preparing(BaseHTTPRequestHandler):
    """As the machine's Caddy: the page at every address, and its status as long as there is one."""

    def do_GET(self) -> None:
        status = self.server.status
        if self.path != f"/pophub/{STATUS_FILE}":
            self._answer(503, "text/html", PAGE.encode())
        elif status is None:
            self._answer(404, "text/plain", b"")
        else:
            self._answer(200, "application/json", json.dumps(status).encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


class Machine(ThreadingHTTPServer):
    """A machine that is being prepared; None where it has no status."""

    status: dict[str, Any] | None = STATUS

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def machine() -> Iterator[Machine]:
    with Machine(("127.0.0.1", 0), Preparing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def tab(browser: Browser, shots: Path, machine: Machine) -> Iterator[Tab]:
    tab = Tab(browser, shots, machine.url)
    yield tab
    tab.close()
    # the page itself is one, so that no program takes it for the hub
    tab.forgive("status of 503")
    # it asks again and again, also after the test
    tab.forgive("status.json")
    assert (tab.errors, tab.strangers) == ([], [])


def test_it_says_how_far_the_hub_is(tab: Tab, machine: Machine) -> None:
    tab.open(machine.url)
    tab.says("The hub is being prepared: step 4 of 9: installing the hub.")

    assert tab.page.title() == STATUS["title"]
    expect(tab.page.get_by_role("link", name="ada@example.org")).to_have_attribute("href", "mailto:ada@example.org")
    assert tab.page.get_by_role("progressbar").get_attribute("value") == "4"


def test_it_goes_on_by_itself(tab: Tab, machine: Machine) -> None:
    tab.open(machine.url)
    tab.says("step 4 of 9")
    machine.status = {**STATUS, "step": 5}

    tab.says("step 5 of 9")


def test_a_failure_is_told_with_its_reason_and_where_the_log_is(tab: Tab, machine: Machine) -> None:
    machine.status = FAILED
    tab.open(machine.url)
    tab.says("It failed at step 4 of 9: installing the hub.")
    tab.says("/var/log/pophub-install.log")

    expect(tab.page.locator("#reason")).to_have_text(FAILED["failed"])


def test_without_a_word_from_the_machine_it_still_says_what_it_is(tab: Tab, machine: Machine) -> None:
    machine.status = None
    tab.open(machine.url)
    tab.says("The hub is being prepared.")
