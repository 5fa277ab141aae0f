"""The hub's API as the watch reads it: all of it or nothing, however the hub fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from lab.hub import free_port
from pophub.hub.hub_api import PAGE, HubApi, HubRefused, HubSilent

Answer = Callable[[BaseHTTPRequestHandler], None]
PEOPLE = [{"name": f"p{number}", "servers": {}} for number in range(2 * PAGE + 1)]


@contextmanager
def hub(answer: Answer, seconds: float = 5) -> Iterator[HubApi]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def do_POST(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield HubApi(f"http://127.0.0.1:{server.server_port}", "hush", seconds)
        finally:
            server.shutdown()


def say(status: int, content: bytes, length: int | None = None) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(content) if length is None else length))
        request.end_headers()
        request.wfile.write(content)

    return answer


def page(request: BaseHTTPRequestHandler, total: int = len(PEOPLE)) -> None:
    asked = parse_qs(urlsplit(request.path).query)
    offset, limit = int(asked["offset"][0]), min(PAGE, int(asked["limit"][0]))
    end = offset + limit
    following = {"offset": end, "limit": limit} if end < len(PEOPLE) else None
    told = {"items": PEOPLE[offset:end], "_pagination": {"offset": offset, "total": total, "next": following}}
    assert request.headers["Authorization"] == "token hush"
    say(200, json.dumps(told).encode())(request)


def drip(request: BaseHTTPRequestHandler) -> None:
    """A byte now and then, and never an end."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    stopped = threading.Event()
    try:
        while not stopped.wait(0.05):
            request.wfile.write(b" ")
            request.wfile.flush()
    except OSError:
        pass


def stall(request: BaseHTTPRequestHandler) -> None:
    """Nothing at all, until whoever asked has gone."""
    request.connection.recv(1)


def test_everybody_comes_however_many_pages_they_are() -> None:
    with hub(page) as api:
        assert [it["name"] for it in api.users()] == [it["name"] for it in PEOPLE]


FAULTS: dict[str, Answer] = {
    "an error": say(500, b"no"),
    "garbage": say(200, b"<html>"),
    "nothing": say(200, b""),
    "a list without pages": say(200, b"[]"),
    "a page without a total": say(200, b'{"items": [], "_pagination": {"next": null}}'),
    "users that are no users": say(200, b'{"items": [1], "_pagination": {"next": null, "total": 1}}'),
    "half of a page": say(200, b'{"items": [', length=500),
    "a page that is cut off behind its last brace": say(
        200, b'{"items": [], "_pagination": {"next": null, "total": 0}}', length=500
    ),
    "a page that is followed by itself": say(200, b'{"items": [], "_pagination": {"next": {"offset": 0}, "total": 1}}'),
    "fewer than it says": lambda request: page(request, len(PEOPLE) + 1),
    "one byte after the other": drip,
    "nothing, for longer than it is waited for": stall,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_is_none_that_is(fault: str) -> None:
    with hub(FAULTS[fault], seconds=1) as api, pytest.raises(HubSilent):
        api.users()


def test_a_hub_that_is_not_there_is_silent() -> None:
    with pytest.raises(HubSilent, match="Connection refused"):
        HubApi(f"http://127.0.0.1:{free_port()}", "hush").users()


def test_a_hub_that_refuses_the_token_is_not_silent() -> None:
    with hub(say(403, b"no")) as api, pytest.raises(HubRefused):
        api.users()


@pytest.mark.parametrize("status", [201, 202, 400])
def test_a_server_is_started_once(status: int) -> None:
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(f"{request.command} {request.path}")
        say(status, b"")(request)

    with hub(answer) as api:
        assert list(api.start(["ada@x/y"])) == [("ada@x/y", None)]
    assert asked == ["POST /hub/api/users/ada%40x%2Fy/server"]


def test_a_server_that_cannot_be_started_is_told() -> None:
    with hub(say(500, b"too many")) as api:
        assert list(api.start(["ada", "bob"])) == [("ada", "500: b'too many'"), ("bob", "500: b'too many'")]


def test_all_the_servers_of_a_batch_have_one_time() -> None:
    with hub(drip, seconds=0.3) as api:
        assert list(api.start(["ada", "bob", "eve"])) == [("ada", "no answer in time")]
