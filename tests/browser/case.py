"""A page as data: how it is made, and what is its first button."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from pophub.organizer.event.event import Event
from tests.hub_config.rendered import DATA, Templates

STATIC = "/hub/static/"


@dataclass(frozen=True)
class Stage:
    """What pages are made of: an event, the hub's templates with it, and an empty folder."""

    event: Event
    templates: Templates
    folder: Path


@dataclass(frozen=True)
class Shown:
    """A page, and what its script gets: path → (content type, body)."""

    html: str
    answers: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A page in one state.

    `source` is the file that makes it, of the hub's pages a template. `first` says what its first button says; empty if there
    is nothing to do. `said` is what its script writes first, and `press` what is pressed before it is looked at. A page with
    a `picture` is in docs/pages.md, with these words.
    """

    name: str
    source: str
    make: Callable[[Stage], Shown | str]
    first: str = ""
    said: str = ""
    press: str = ""
    picture: str = ""


class Site(ThreadingHTTPServer):
    """One address for all pages: `shown` is at its root, and JupyterHub's own files are where the hub has them."""

    shown = Shown("")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith(STATIC):
            file = DATA / "static" / path.removeprefix(STATIC)
            self._send(mimetypes.guess_type(path)[0] or "", file.read_bytes() if file.is_file() else b"", cached=True)
        elif path == "/":
            self._send("text/html; charset=utf-8", self.server.shown.html.encode())
        elif path == "/favicon.ico":
            self._send("image/x-icon", b"", cached=True)
        else:
            kind, body = self.server.shown.answers.get(path, ("", ""))
            self._send(kind, body.encode())

    def _send(self, kind: str, body: bytes, *, cached: bool = False) -> None:
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600" if cached else "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def site() -> Iterator[Site]:
    """The address, until the end of the block."""
    with Site(("127.0.0.1", 0), _Answers) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
