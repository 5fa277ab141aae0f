"""The machine's own files, journal and disk are read; what is not there is not known, and stops nothing."""

from __future__ import annotations

import shutil
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from pophub.hub.archive.journal import UNITS
from pophub.hub.archive.read_history import read_history, zone_of
from tests.pophub.hub.archive.test_history import EVENTS, _start
from tests.pophub.planted import NOW

PACIFIC = zone_of("America/Los_Angeles")


def _journal(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A `journalctl` of paper."""
    program = folder / "bin" / "journalctl"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    path = f"{program.parent}:{Path(str(shutil.which('timeout'))).parent}"
    monkeypatch.setenv("PATH", path)


def test_the_older_event_logs_count_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _journal(tmp_path, monkeypatch, "exit 1")
    (tmp_path / "events.jsonl.1").write_bytes(b"".join(EVENTS))
    (tmp_path / "events.jsonl").write_bytes(EVENTS[0])
    history = read_history(tmp_path, tmp_path, PACIFIC, now=NOW)

    assert history.servers is not None
    assert (history.servers.starts, history.servers.stops) == (4, 1)
    assert history.disk is not None
    assert history.disk_used is not None
    assert 0 < history.disk_used < history.disk


def test_the_journal_is_asked_for_what_an_event_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "journal").write_bytes(_start(3))
    _journal(
        tmp_path, monkeypatch, f'echo "$*" >{tmp_path}/asked; while read -r it; do echo "$it"; done <{tmp_path}/journal'
    )
    history = read_history(tmp_path, tmp_path, UTC, now=NOW)
    asked = (tmp_path / "asked").read_text()

    assert history.spawns is not None
    assert (history.spawns.count, history.spawns.slowest, history.culls) == (1, 3.0, 0)
    assert "_SYSTEMD_UNIT=pophub-hub.service + _SYSTEMD_UNIT=pophub-watch.service + _TRANSPORT=kernel + UNIT=" in asked
    assert all(f"UNIT={unit}" in asked for unit in UNITS)


def test_half_a_journal_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "journal").write_bytes(_start(3))
    _journal(tmp_path, monkeypatch, f'while read -r it; do echo "$it"; done <{tmp_path}/journal; exit 124')

    assert read_history(tmp_path, tmp_path, UTC, now=NOW).spawns is None


def test_where_nothing_is_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "events.jsonl").mkdir()
    history = read_history(tmp_path, tmp_path / "no-homes", UTC, now=NOW)

    assert (history.servers, history.spawns, history.culls, history.disk) == (None, None, None, None)


@pytest.mark.parametrize("name", ["Nowhere/Land", "../etc", "", None])
def test_a_time_zone_that_the_machine_does_not_know_is_utc(name: str | None) -> None:
    assert zone_of(name).utcoffset(NOW) == timedelta()
