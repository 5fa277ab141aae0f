"""Stands between the lab AWS and all who ask it, and notes every request; it can kill somebody at one of them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lab.running import Running
from pophub.core.contract import KEEP_FILE

# by this the machine's requests are told from the organizer's: botocore names it in its User-Agent
MACHINE = "the-machine"
# how often somebody looks, and tells how far it is, depends on this computer
POLLS = ("DescribeInstances", "GetCommandInvocation", "progress.json", KEEP_FILE)
OWN_TO_A_CONNECTION = {"connection", "expect", "keep-alive", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Request:
    """One that is counted: its number, what was asked, and by whom."""

    number: int
    what: str
    by_machine: bool


@dataclass(slots=True)
class Blow:
    """At the request of this number `strike` is called, before AWS gets it or before whoever asked gets the answer."""

    at: int
    answered: bool
    strike: Callable[[Request], None]


@dataclass(slots=True)
class Ledger:
    """All that was asked, and the blow that is due."""

    blow: Blow | None = None
    requests: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, *, by_machine: bool) -> Request | None:
        """One more; None for what is not counted."""
        if what.endswith(POLLS):
            return None
        with self.lock:
            self.requests.append(Request(len(self.requests) + 1, what, by_machine))
            return self.requests[-1]


class Between(Running):
    """A context manager; whoever is to be seen asks at `url` instead of the lab AWS."""

    def __init__(self, aws_url: str) -> None:
        self.ledger = Ledger()
        handler = type("Handler", (_Handler,), {"aws": urlsplit(aws_url).netloc, "between": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def begin(self, blow: Blow | None = None) -> Ledger:
        """Count from one again."""
        self.ledger = Ledger(blow)
        return self.ledger

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        # who was killed has left
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    aws: str
    between: Between

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        ledger = self.between.ledger
        request = ledger.note(_what(self, body), by_machine=MACHINE in self.headers.get("User-Agent", ""))
        blow = ledger.blow if request and ledger.blow and ledger.blow.at == request.number else None
        if blow is None or blow.answered:
            answer, content = self._ask(body)
        if blow and request:
            blow.strike(request)
            self.close_connection = True
        else:
            self._answer(answer, content)

    def _ask(self, body: bytes) -> tuple[HTTPResponse, bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OWN_TO_A_CONNECTION}
        with closing(HTTPConnection(self.aws)) as connection:
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read()

    def _answer(self, answer: HTTPResponse, content: bytes) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in OWN_TO_A_CONNECTION | {"content-length"}:
                self.send_header(name, value)
        length = answer.headers.get("Content-Length") if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(content)

    do_DELETE = do_GET = do_HEAD = do_POST = do_PUT = _relay  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing: the ledger has it."""


def _what(handler: BaseHTTPRequestHandler, body: bytes) -> str:
    """Service and operation where the protocol says them, else method and path."""
    if target := handler.headers.get("X-Amz-Target"):
        return str(target)
    if handler.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return parse_qs(body.decode()).get("Action", ["?"])[0]
    return f"{handler.command} {urlsplit(handler.path).path}"
