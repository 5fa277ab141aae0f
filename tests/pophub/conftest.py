"""What the tests of pophub share: events made from the example, in memory and as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pophub.organizer.event import lined_yaml
from pophub.organizer.event.event import Event
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub.planted import aws, bucket, lab_aws
from tests.pophub.reports import (
    finished_report,
    make_basis,
    make_estimate,
    running_report,
    stepped_report,
    workers_report,
)

__all__ = [
    "aws",
    "bucket",
    "finished_report",
    "lab_aws",
    "make_basis",
    "make_estimate",
    "running_report",
    "stepped_report",
    "workers_report",
]

MakeEvent = Callable[..., Event]


@pytest.fixture(scope="session")
def make_event() -> MakeEvent:
    """The example event with changed keys; a map under `server` or `host` is merged with the example's."""
    example: dict[str, Any] = lined_yaml.read(EXAMPLE_EVENT.read_bytes()).data

    def make(**changes: Any) -> Event:
        merged = {
            key: {**example[key], **value} if isinstance(value, dict) and key in ("server", "host") else value
            for key, value in changes.items()
        }
        return Event.model_validate({**example, "name": "geo-hackweek", **merged})

    return make


@pytest.fixture(scope="session")
def event_path(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Path]:
    """Write the bytes of an event file named geo-hackweek and return its path."""
    path = tmp_path_factory.mktemp("events") / "geo-hackweek.yaml"

    def write(content: bytes) -> Path:
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def only_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Put a shell script on the PATH instead of a program; no other program can be found by name then."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name: str, script: str) -> Path:
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    return put
