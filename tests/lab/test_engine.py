"""The Docker engine, played by a script of the same name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lab import engine
from pophub.core.errors import PophubError

Play = Callable[[str], Path]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Put a `docker` on the PATH that does what the given shell lines say, and writes down its arguments."""
    monkeypatch.setattr("lab.engine.sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    calls = tmp_path / "calls"
    calls.touch()

    def write(lines: str) -> Path:
        script = tmp_path / "docker"
        script.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\n{lines}\n')
        script.chmod(0o755)
        return calls

    return write


def test_an_image_that_is_there_is_not_pulled(play: Play) -> None:
    calls = play("exit 0")

    assert engine.runs("quay.io/x/y:1")
    assert "pull" not in calls.read_text()


def test_an_image_that_is_missing_is_pulled(play: Play) -> None:
    calls = play('[ "$1" != image ]')

    assert engine.runs("quay.io/x/y:1")
    assert "pull --quiet quay.io/x/y:1" in calls.read_text()


def test_an_image_that_cannot_be_had_does_not_run(play: Play) -> None:
    play('[ "$1" = version ]')

    assert not engine.runs("quay.io/x/y:1")


def test_an_engine_that_does_not_answer_runs_nothing(play: Play) -> None:
    calls = play("exit 1")

    assert not engine.runs("quay.io/x/y:1")
    assert calls.read_text() == "version\n"


def test_without_docker_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert not engine.runs("quay.io/x/y:1")


def test_where_containers_cannot_be_reached_nothing_runs(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    play("exit 0")
    monkeypatch.setattr("lab.engine.sys.platform", "darwin")

    assert not engine.runs("quay.io/x/y:1")


def test_a_network_lets_no_container_talk_to_another(play: Play) -> None:
    calls = play("""echo '[{"IPAM": {"Config": [{"Gateway": "172.18.0.1"}]}}]'""")

    assert engine.make_network("lab") == "172.18.0.1"
    assert "enable_icc=false lab" in calls.read_text()


def test_a_network_that_cannot_be_made_is_said(play: Play) -> None:
    play("exit 1")

    with pytest.raises(PophubError, match="Docker cannot create a network"):
        engine.make_network("lab")


def test_with_the_network_its_containers_go(play: Play) -> None:
    calls = play('[ "$1" = ps ] && echo one two')
    engine.remove_network("lab")

    assert calls.read_text().splitlines()[1:] == ["rm --force one", "rm --force two", "network rm lab"]
