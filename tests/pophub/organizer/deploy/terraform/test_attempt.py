"""A command's output is heard, kept and explained, also after an interrupt."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.core.errors import ExitCode
from pophub.organizer.deploy.terraform.attempt import Attempt, attempt
from pophub.organizer.deploy.terraform.logs import logs_of, open_log
from pophub.organizer.deploy.terraform.process import start
from pophub.organizer.deploy.terraform.progress import Progress

Say = Callable[[str], None]


def _following(folder: Path, script: str, talk: Say, do: Callable[[Attempt, subprocess.Popen[str]], object]) -> str:
    """What the log holds of a script that was followed, also of one that was interrupted."""
    try:
        with attempt("deploy geo", open_log(folder, "deploy geo"), talk) as this:
            do(this, start(script, folder, os.environ))
    finally:
        [log] = logs_of(folder, "deploy geo")
    return log.read_text()


def _message(type_: str, text: str, **fields: object) -> str:
    return json.dumps({"type": type_, "@message": text, "@timestamp": "2026-11-29T08:00:00Z", **fields})


def _start(action: str) -> str:
    return _message("apply_start", "a: begins", hook={"resource": {"addr": "aws_vpc.a"}, "action": action})


def test_messages_are_kept_as_text_and_heard_as_progress(tmp_path: Path) -> None:
    heard: list[str] = []
    lines = [_message("change_summary", "Plan: 1 to add.", changes={"operation": "plan", "add": 1}), _start("create")]
    script = "\n".join(f"echo '{line}'" for line in lines)
    log = _following(tmp_path, script, heard.append, lambda it, p: it.follow_messages(p, Progress(), quiet=False))

    assert log == "Plan: 1 to add.\na: begins\n"
    assert heard[-1] == "0 of 1, about 20 seconds more: creating the network (VPC)"


def test_a_failure_names_the_log() -> None:
    class Log:
        name = "a.log"

    refused = Attempt("deploy geo", Log(), print).failure("Error: no room\n\nthe whole reason")  # type: ignore[arg-type]

    assert refused.problem.startswith("deploy geo")
    assert ("a.log" in refused.hint, refused.code) == (True, ExitCode.REFUSED)


class Impatient:
    """Hears what is said, and interrupts once, at the first line."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, line: str) -> None:
        self.heard.append(line)
        if len(self.heard) == 1:
            raise KeyboardInterrupt


PHASES = {
    "refresh_start": ("read", "interrupted: stopping, 2 minutes at most"),
    "apply_start": ("create", "interrupted: finishing what has begun, 10 minutes at most"),
}


@pytest.mark.parametrize("type_", PHASES)
def test_an_interrupt_stops_what_has_not_begun_and_lets_finish_what_has(tmp_path: Path, type_: str) -> None:
    action, expected = PHASES[type_]
    impatient = Impatient()
    first = _message(type_, "first", hook={"resource": {"addr": "aws_vpc.a"}, "action": action})
    stopped = "trap 'echo stopped; exit' INT; "
    waits = "" if action == "create" else "for n in 1 2 3 4 5 6 7 8 9; do sleep 1; done; "
    script = f"{stopped}echo '{first}'; {waits}echo '{_message('outputs', 'last words')}'"
    with pytest.raises(KeyboardInterrupt):
        _following(tmp_path, script, impatient, lambda it, p: it.follow_messages(p, Progress(), quiet=False))
    [log] = logs_of(tmp_path, "deploy geo")

    assert impatient.heard[1] == expected
    assert all(line.startswith("interrupted, ") for line in impatient.heard[2:])
    assert log.read_text().splitlines() == ["first", expected, "last words" if action == "create" else "stopped"]
