"""Each event has the demo that fits it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lab.demo import play as module
from lab.demo.play import play
from lab.steps import Steps
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT, WORKERS_EXAMPLE


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    played: list[str] = []

    class Noted:
        def __init__(self, *asked: Any, **more: Any) -> None:
            pass

        def drive(self) -> None:
            played.append(f"{type(self).__name__} drives")

        def show(self) -> None:
            played.append(f"{type(self).__name__} shows")

    for name in ("Demo", "WorkersDemo"):
        monkeypatch.setattr(module, name, type(name, (Noted,), {}))
    return played


@pytest.mark.parametrize(
    ("file", "once", "wanted"),
    [
        (EXAMPLE_EVENT, False, "Demo shows"),
        (EXAMPLE_EVENT, True, "Demo drives"),
        (WORKERS_EXAMPLE, False, "WorkersDemo drives"),
    ],
)
def test_workers_play_themselves(file: Path, wanted: str, played: list[str], tmp_path: Path, *, once: bool) -> None:
    play(Steps(Console(file=io.StringIO())), file, load_event(file), tmp_path, once=once, port=None)

    assert played == [wanted]
