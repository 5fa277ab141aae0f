"""The clock is held against the hosts that this machine's own package configuration names."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pophub.hub.install import clock

DAY = 86400


class Mirror(HTTPServer):
    """A package mirror that says which time it is: so many seconds from now, and from a cache so many seconds ago."""

    ahead = 0
    age: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/debian/"


class Answer(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        self.send_response_only(404)
        self.send_header("Date", formatdate(time.time() + self.server.ahead - (self.server.age or 0), usegmt=True))
        if self.server.age is not None:
            self.send_header("Age", str(self.server.age))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def closed() -> str:
    """An address at which nobody answers."""
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        return f"http://127.0.0.1:{server.server_port}/debian/"


@pytest.fixture(autouse=True)
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "APT", tmp_path)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def problem(folder: Path, *sources: str, asked: tuple[str, ...] = ()) -> str:
    """What is said on a machine whose apt has these sources."""
    (folder / "sources.list.d").mkdir(exist_ok=True)
    lines = "".join(f"Types: deb\nURIs: {source}\nSuites: trixie\n# URIs: http://192.0.2.1/\n\n" for source in sources)
    (folder / "sources.list.d" / "debian.sources").write_text(lines)
    return clock.clock_problem(*asked)


@pytest.mark.parametrize("ahead", [-40 * DAY, 2 * DAY, 400])
def test_a_clock_that_is_wrong_by_the_package_mirror_s_is_told(tmp_path: Path, mirror: Mirror, ahead: int) -> None:
    mirror.ahead = ahead
    should = time.strftime("%F %H:%M", time.gmtime(time.time() + ahead))[:-1]

    assert f"the machine's clock is wrong: it says {time.strftime('%F', time.gmtime())}" in problem(
        tmp_path, mirror.url
    )
    assert f"and should say {should}" in problem(tmp_path, mirror.url)


@pytest.mark.parametrize("ahead", [-200, 0, 200])
def test_a_clock_that_is_right_or_nearly_is_no_problem(tmp_path: Path, mirror: Mirror, ahead: int) -> None:
    mirror.ahead = ahead

    assert problem(tmp_path, mirror.url) == ""


def test_the_answer_of_a_cache_is_as_old_as_it_says(tmp_path: Path, mirror: Mirror) -> None:
    mirror.age = 2 * DAY

    assert problem(tmp_path, mirror.url) == ""


def test_the_older_kind_of_list_is_read_too(tmp_path: Path, mirror: Mirror) -> None:
    mirror.ahead = 2 * DAY
    (tmp_path / "sources.list").write_text(f"deb [trusted=yes] {mirror.url} trixie main\n")

    assert "clock is wrong" in problem(tmp_path)


def test_debian_s_cloud_images_name_a_file_of_mirrors(tmp_path: Path, mirror: Mirror) -> None:
    mirror.ahead = 2 * DAY
    named = tmp_path / "debian.list"
    named.write_text(f"# the nearest\n{mirror.url}\n")

    assert "clock is wrong" in problem(tmp_path, f"mirror+file:{named}")


def test_a_host_that_does_not_answer_is_passed_over(tmp_path: Path, mirror: Mirror, closed: str) -> None:
    mirror.ahead = 2 * DAY

    assert "clock is wrong" in problem(tmp_path, closed, mirror.url)
    assert "clock is wrong" in problem(tmp_path, mirror.url, asked=(closed,))


def test_the_address_that_is_given_comes_first(tmp_path: Path, mirror: Mirror) -> None:
    mirror.ahead = 2 * DAY

    assert "clock is wrong" in problem(tmp_path, "http://192.0.2.1/", asked=(mirror.url,))


@pytest.mark.parametrize("sources", [(), ("file:/srv/debian",)])
def test_without_anybody_who_tells_the_time_nothing_is_said(tmp_path: Path, sources: tuple[str, ...]) -> None:
    assert problem(tmp_path, *sources) == ""
