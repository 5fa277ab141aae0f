"""Repositories of the web, asked as git does it: at a real git's own server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lab.git_host import LabGitHost
from pophub.core.errors import PophubError
from pophub.organizer.outside import git
from pophub.organizer.outside.web import Web


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabGitHost]:
    with LabGitHost(tmp_path_factory.mktemp("git")) as host:
        host.push("soil/notebooks", {"a.ipynb": "{}"})
        host.push("soil/notebooks", {"b.ipynb": "{}"}, branch="release/2027")
        yield host


def test_a_repository_has_its_branches_and_its_default(lab: LabGitHost) -> None:
    found = git.repository(Web(), f"{lab.url('soil/notebooks')}/")

    assert found == git.Repository(frozenset({"main", "release/2027"}), "main")


def test_what_is_not_there_is_none(lab: LabGitHost) -> None:
    assert git.repository(Web(), lab.url("soil/nothing")) is None


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"size": 2048}).encode()
        self.send_response(
            200 if self.path in ("/repos/soil/notebooks", "/soil/page/info/refs") or "page" in self.path else 403
        )
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_is_no_repository(site: str) -> None:
    with pytest.raises(PophubError, match="does not answer as a git host: status 200"):
        git.repository(Web(), f"{site}/soil/page")


@pytest.mark.parametrize(
    ("url", "size"),
    [
        ("https://github.com/soil/notebooks", 2 * 2**20),
        ("https://github.com/soil/notebooks.git", 2 * 2**20),
        ("https://github.com/soil/limited", None),
        ("https://gitlab.com/soil/notebooks", None),
    ],
)
def test_github_says_how_large_a_repository_is(site: str, url: str, size: int | None) -> None:
    assert git.size_bytes(Web(reroute={"https://api.github.com": site}), url) == size
