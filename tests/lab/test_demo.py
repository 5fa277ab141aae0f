"""What the demo decides by itself; the whole of it is run by the tests marked `demo`."""

from __future__ import annotations

import io
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from rich.console import Console

from lab import demo
from lab.demo import Demo, run_folder
from lab.fake_participant import Refused
from lab.steps import Steps
from pophub.core.contract import ARCHIVE, BUNDLES, REPORTS
from pophub.core.errors import PophubError
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT

BEFORE = frozenset({("Buckets", "bucket")})
SNAPSHOT = ("Snapshots", "snap-1")


@pytest.fixture
def steps() -> Steps:
    return Steps(Console(file=io.StringIO()))


@pytest.fixture
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "DOT_POPHUB", tmp_path)


def test_a_port_that_is_taken_is_told_before_anything_is_deployed(steps: Steps, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PophubError, match=f"port {port} cannot be used") as refused:
            Demo(steps, tmp_path, port=port)

    assert "another port" in refused.value.hint
    assert steps.done == []


@pytest.mark.usefixtures("_own_cache")
def test_every_run_has_a_folder_of_its_own(tmp_path: Path) -> None:
    with run_folder() as first, run_folder() as second:
        assert {first, second} == {tmp_path / "runs" / "1", tmp_path / "runs" / "2"}

    assert list((tmp_path / "runs").iterdir()) == []


def leave(error: BaseException, *, begun: bool) -> Path:
    try:
        with run_folder() as folder:
            if begun:
                (folder / "log").touch()
            raise error
    except (PophubError, KeyboardInterrupt):
        return folder


@pytest.mark.usefixtures("_own_cache")
def test_only_a_run_that_failed_leaves_its_logs() -> None:
    assert (leave(PophubError("no"), begun=True) / "log").exists()
    assert not leave(PophubError("no"), begun=False).exists()
    assert not leave(KeyboardInterrupt(), begun=True).exists()


LEFT: dict[str, tuple[set[tuple[str, str]], str]] = {
    "a volume": ({SNAPSHOT, ("Volumes", "vol-1")}, "left behind: .*vol-1"),
    "a bundle": ({("Objects", f"bucket-1/{BUNDLES}/geo/archive/1.tar.gz")}, "left behind: .*1.tar.gz"),
    "a second snapshot": ({SNAPSHOT, ("Snapshots", "snap-2")}, "left behind: .*snap-2"),
}


def look(steps: Steps, monkeypatch: pytest.MonkeyPatch, left: set[tuple[str, str]], folder: Path) -> None:
    monkeypatch.setattr(demo, "take_inventory", lambda aws, region: BEFORE | left)
    site: Any = SimpleNamespace(event=SimpleNamespace(region="us-west-2"))
    aws: Any = None
    Demo(steps, folder, port=None)._nothing_left(BEFORE, aws, site)


@pytest.mark.parametrize(("left", "problem"), LEFT.values(), ids=LEFT)
def test_whatever_else_is_left_is_named(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left: set[tuple[str, str]], problem: str
) -> None:
    with pytest.raises(PophubError, match=problem):
        look(steps, monkeypatch, left, tmp_path)


def test_the_last_snapshot_of_the_homes_may_stay(steps: Steps, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    look(steps, monkeypatch, {SNAPSHOT}, tmp_path)

    assert steps.done[0].result == "nothing but the home volume's final snapshot, snap-1"


def test_after_an_archive_the_bucket_keeps_it(steps: Steps, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = {
        ("Objects", f"bucket-1/{ARCHIVE}/geo/homes/ada.tar.zst"),
        ("Objects", f"bucket-1/{REPORTS}/geo/retrospective.md"),
    }
    look(steps, monkeypatch, kept, tmp_path)

    assert steps.done[0].result == "nothing but 2 objects of archive and reports in the bucket"


class Stranger:
    """Somebody who tries to sign in; `status` is what the hub answers."""

    def __init__(self, status: int) -> None:
        self.status = status

    def sign_in(self) -> None:
        if self.status >= 400:
            answer = requests.Response()
            answer.status_code = self.status
            raise Refused(answer)


def test_a_stranger_must_be_refused_and_not_by_accident() -> None:
    assert demo._refusal(Stranger(403)) == "403, and a page that says what to do"  # type: ignore[arg-type]

    with pytest.raises(PophubError, match="expected 403, found 500"):
        demo._refusal(Stranger(500))  # type: ignore[arg-type]
    with pytest.raises(PophubError, match="let somebody in"):
        demo._refusal(Stranger(200))  # type: ignore[arg-type]


def test_ctrl_c_ends_the_waiting_and_not_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.signal, "pause", lambda: os.kill(os.getpid(), signal.SIGINT))
    try:
        demo._wait_for_interrupt()
        interrupted = False
    except KeyboardInterrupt:
        interrupted = True

    assert not interrupted


def test_a_hub_to_look_at_says_who_can_sign_in_and_stays_until_ctrl_c(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown: Any = Demo(steps, tmp_path, port=None)
    site, destroyed = SimpleNamespace(event=load_event(EXAMPLE_EVENT)), []

    @contextmanager
    def deployed(end: Callable[[Any, Any], object]) -> Iterator[tuple[Any, Any]]:
        yield site, SimpleNamespace(url="http://127.0.0.1:8000")
        end(site, None)

    monkeypatch.setattr(shown, "_deployed", deployed)
    monkeypatch.setattr(shown, "_destroy", destroyed.append)
    monkeypatch.setattr(demo.signal, "pause", lambda: os.kill(os.getpid(), signal.SIGINT))
    shown.show()

    text = steps.console.file.getvalue()  # type: ignore[attr-defined]
    assert "Geo Hackweek 2027 is ready at http://127.0.0.1:8000" in text
    assert "mallory: " in text
    assert "Ctrl-C destroys the event and cleans up" in text
    assert destroyed == [site]
