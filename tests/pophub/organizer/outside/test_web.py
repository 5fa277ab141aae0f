"""A public web server is asked once; whatever it answers is an answer, and no answer is an error with words."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pophub.organizer.outside.web import Unreachable, Web


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps([self.command, self.path, dict(self.headers)]).encode()
        self.send_response(302 if self.path == "/moved" else 404 if self.path == "/missing" else 200)
        self.send_header("X-Kind", "Echo")
        self.send_header("Location", "/there")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_answer_has_status_headers_and_body(site: str) -> None:
    answer = Web().get(f"{site}/x", {"Accept": "a/b"})
    command, path, headers = json.loads(answer.body)

    assert (answer.status, answer.headers["x-kind"], command, path) == (200, "Echo", "GET", "/x")
    assert (headers["Accept"], headers["User-Agent"]) == ("a/b", "pophub")


def test_a_refusal_is_an_answer_too(site: str) -> None:
    assert Web().get(f"{site}/missing").status == 404


def test_a_redirect_is_followed(site: str) -> None:
    assert json.loads(Web().get(f"{site}/moved").body)[1] == "/there"


def test_only_the_head_can_be_asked_for(site: str) -> None:
    assert Web().get(f"{site}/x", method="HEAD").body == b""


def test_a_server_can_stand_elsewhere(site: str) -> None:
    answer = Web(reroute={"https://quay.io": site}).get("https://quay.io/v2/")

    assert json.loads(answer.body)[1] == "/v2/"


def test_who_says_nothing_is_not_waited_for(site: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable, match="did not answer"):
        Web(seconds=0.1).get(f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_a_closed_port_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable, match="Connection refused"):
        Web().get(f"http://127.0.0.1:{port}/")
