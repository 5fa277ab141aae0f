"""What the demo decides by itself; the whole of it is run by the tests marked `demo`."""

from __future__ import annotations

import io
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from lab.demo import demo
from lab.demo.demo import Demo
from lab.steps import Steps
from pophub.core.errors import PophubError
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.login import Login
from pophub.organizer.paths import EXAMPLE_EVENT

EVENT = load_event(EXAMPLE_EVENT)


@pytest.fixture
def steps() -> Steps:
    return Steps(Console(file=io.StringIO()))


def test_a_port_that_is_taken_is_told_before_anything_is_deployed(steps: Steps, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PophubError, match=f"port {port} cannot be used") as refused:
            Demo(steps, EXAMPLE_EVENT, EVENT, tmp_path, port=port)

    assert "another port" in refused.value.hint
    assert steps.done == []


def test_a_login_that_cannot_be_shown_is_told_before_anything_is_deployed(steps: Steps, tmp_path: Path) -> None:
    event = EVENT.model_copy(update={"login": Login.model_validate({"system": {}})})
    with pytest.raises(PophubError, match="`system` cannot be shown"):
        Demo(steps, EXAMPLE_EVENT, event, tmp_path)


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
    shown: Any = Demo(steps, EXAMPLE_EVENT, EVENT, tmp_path)
    lab: Any = SimpleNamespace(sign_in=SimpleNamespace(people=("Sign in as you like:", "  mallory: in [no] team")))
    ended: list[Any] = []

    @contextmanager
    def deployed() -> Iterator[Any]:
        yield lab

    @contextmanager
    def hub(of: Any) -> Iterator[tuple[Any, Any]]:
        (tmp_path / "bundle/state/homes/grace").mkdir(parents=True)
        yield SimpleNamespace(url="http://127.0.0.1:8000"), None

    monkeypatch.setattr(shown, "_deployed", deployed)
    monkeypatch.setattr(shown, "_hub", hub)
    monkeypatch.setattr(shown, "_end", lambda of, people, began: ended.append((of, people)))
    monkeypatch.setattr(demo.signal, "pause", lambda: os.kill(os.getpid(), signal.SIGINT))
    shown.show()

    text = steps.console.file.getvalue()  # type: ignore[attr-defined]
    assert "Geo Hackweek 2027 is ready at http://127.0.0.1:8000" in text
    assert "  mallory: in [no] team" in text
    assert "Ctrl-C ends the event as `pophub destroy` does, and cleans up" in text
    assert ended == [(lab, ["grace"])]
