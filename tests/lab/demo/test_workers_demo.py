"""Where workers cannot be played, what is missing is said before anything is deployed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from lab.demo import workers_demo
from lab.demo.workers_demo import WorkersDemo
from lab.steps import Steps
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.login import Login
from pophub.organizer.paths import WORKERS_EXAMPLE

EXAMPLE = load_event(WORKERS_EXAMPLE)


def refused(event: Event, folder: Path) -> PophubError:
    steps = Steps(Console(file=io.StringIO()))
    with pytest.raises(PophubError) as refused:
        WorkersDemo(steps, WORKERS_EXAMPLE, event, folder)
    assert steps.done == []
    return refused.value


def test_what_this_computer_lacks_is_said_with_another_way_to_show_the_event(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(workers_demo, "what_is_missing", lambda: ("not installed: pebble", "apt-get install pebble"))
    found = refused(EXAMPLE, tmp_path)

    assert found.problem.endswith("not installed: pebble")
    assert found.hint.startswith("apt-get install pebble; or in a copy of the event file, leave `workers` out")


def test_only_people_of_github_are_played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workers_demo, "what_is_missing", lambda: None)
    login = Login.model_validate({"shared_password": {}})

    assert "not with `shared_password`" in refused(EXAMPLE.model_copy(update={"login": login}), tmp_path).problem


def test_a_server_that_needs_more_processors_than_are_here_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(workers_demo, "what_is_missing", lambda: None)
    monkeypatch.setattr(workers_demo.os, "cpu_count", lambda: 1)

    assert "a server has 2 processors (`server.cpus`), and this computer has 1" in refused(EXAMPLE, tmp_path).problem
