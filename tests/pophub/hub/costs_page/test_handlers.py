"""The service's answers, with a hub that says who asks: pages, refusals, and errors that say what to do."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import requests

from lab.hub import free_port
from lab.wait import wait_until
from pophub.core.errors import PophubError
from pophub.core.look import framed
from pophub.hub.costs_page.handlers import routes
from pophub.hub.hub_service import Service, serve

EVERYTHING = "custom:costs:read"
COMING_IN = "access:services!service=costs"
PEOPLE = {
    "organizer": {"name": "octocat", "scopes": [EVERYTHING, COMING_IN]},
    "participant": {"name": "ada", "scopes": [COMING_IN]},
    "stranger": {"name": "mallory", "scopes": []},
}


class Pages:
    """Pages whose words are known."""

    broken = False

    def page(self, *, names: bool, top: str) -> str:
        if self.broken:
            raise PophubError("the meter <is> gone", hint="look for it")
        return framed("Costs", f"{top}all with {names}")

    def as_json(self) -> str:
        if self.broken:
            raise PophubError("the meter <is> gone", hint="look for it")
        return json.dumps({"total": "1"})

    def own(self, user: str, *, top: str) -> str:
        return framed("Hours", f"{top}hours of {user}")


class Hub(BaseHTTPRequestHandler):
    """As JupyterHub answers to /hub/api/user."""

    def do_GET(self) -> None:
        found = PEOPLE.get(self.headers.get("Authorization", "").removeprefix("token "))
        self.send_response(200 if found else 403)
        self.end_headers()
        self.wfile.write(json.dumps({"kind": "user", "groups": [], **(found or {})}).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def ask(pages: Pages) -> Iterator[Callable[..., requests.Response]]:
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Thread(target=hub.serve_forever, daemon=True).start()
    hub_url = f"http://127.0.0.1:{hub.server_port}"
    service = Service("costs", "hush", free_port(), hub_url)
    url = f"http://127.0.0.1:{service.port}"
    loop = asyncio.new_event_loop()
    task = loop.create_task(serve(service, routes(pages)))

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = Thread(target=run)
    thread.start()

    def get(person: str | None, place: str = "") -> requests.Response:
        headers = {"Authorization": f"token {person}"} if person else {}
        return requests.get(f"{url}/services/costs/{place}", headers=headers, allow_redirects=False, timeout=10)

    wait_until(lambda: _answers(get), 10, "the service answers")
    yield get
    loop.call_soon_threadsafe(task.cancel)
    thread.join()
    loop.close()
    hub.shutdown()
    hub.server_close()


def _answers(get: Callable[..., requests.Response]) -> bool:
    with contextlib.suppress(requests.RequestException):
        return get(None).status_code == 302
    return False


def test_each_sees_what_is_theirs(ask: Callable[..., requests.Response]) -> None:
    assert "all with False" in ask("organizer").text
    assert "all with True" in ask("organizer", "?names=yes").text
    assert ask("organizer", "report.json").json() == {"total": "1"}
    for query in ("", "?names=yes"):
        assert "hours of ada" in ask("participant", query).text
    assert ask("participant", "report.json").status_code == 403
    assert [ask("stranger", place).status_code for place in ("", "report.json")] == [403, 403]
    assert "/hub/api/oauth2/authorize" in ask(None).headers["Location"]
    assert ask("organizer", "elsewhere").status_code == 404


def test_a_page_may_load_nothing_and_only_its_own_style(ask: Callable[..., requests.Response]) -> None:
    answer = ask("organizer")
    policy = answer.headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_figures_are_json_that_no_browser_takes_for_a_page(ask: Callable[..., requests.Response]) -> None:
    headers = ask("organizer", "report.json").headers

    assert headers["Content-Type"] == "application/json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(("person", "place"), [("organizer", ""), ("participant", "report.json")])
def test_what_is_read_by_people_is_a_page(ask: Callable[..., requests.Response], person: str, place: str) -> None:
    answer = ask(person, place)

    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_cannot_be_made_is_told_with_what_to_do_and_without_a_traceback(
    ask: Callable[..., requests.Response], pages: Pages
) -> None:
    pages.broken = True
    for place in ("", "report.json"):
        answer = ask("organizer", place)
        assert answer.status_code == 503
        assert "The meter &lt;is&gt; gone: look for it" in answer.text
        assert "Traceback" not in answer.text
