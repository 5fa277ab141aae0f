"""`pophub new` at a terminal, without one, and interrupted."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).parent / "pophub")
# what ends the input of a terminal
END = "\x04"


@pytest.fixture
def events(tmp_path: Path) -> Path:
    folder = tmp_path / "events"
    folder.mkdir()
    return folder


def _run(events: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "POPHUB_EVENTS": str(events), "TZ": "Europe/Berlin"}
    command = [PROGRAM, "new", "soil-school", *arguments]
    return subprocess.run(
        command, stdin=stdin, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def _typed(events: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """The command with these lines typed at a terminal."""
    ours, its = pty.openpty()
    try:
        os.write(ours, "".join(f"{line}\n" if line != END else END for line in lines).encode())
        return _run(events, stdin=its)
    finally:
        os.close(ours)
        os.close(its)


def test_enter_takes_the_defaults_and_a_wrong_answer_is_asked_again(events: Path) -> None:
    answers = ("our group", "soil-school", "", "hub.soil.example.edu", "", "", "", "", "")
    ran = _typed(events, "Soil School", "", "", "", "", "60", "", *answers)

    assert ran.returncode == 0
    assert (
        "not an organization or organization:team (got 'our group'); for example `allow: [geohackweek]`" in ran.stderr
    )
    assert "the event will cost " in ran.stderr
    assert ran.stdout.startswith(f"{events}/soil-school.yaml is written.\n  hourly  ")
    assert ran.stdout.endswith("Next:\n  pophub check soil-school\n  pophub deploy soil-school --dry-run\n")
    written = (events / "soil-school.yaml").read_text()
    assert "participants: 60\n" in written
    assert "    allow: [soil-school]\n" in written


def test_the_end_of_the_input_writes_nothing(events: Path) -> None:
    ran = _typed(events, "Soil School", END)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert "soil-school.yaml was not written" in ran.stderr
    assert [*events.iterdir()] == []


def test_without_a_terminal_answers_are_needed(events: Path) -> None:
    ran = _run(events)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.endswith("hint: give the answers in a file: --answers FILE\n")


def test_answers_in_a_file_are_enough(events: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("organizations: soil-school\naddress: hub.soil.example.edu\n")

    assert _run(events, "--answers", str(answers)).returncode == 0
    again = _run(events, "--answers", str(answers))
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
