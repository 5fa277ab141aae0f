"""`pophub` as a shell sees it: every verb is there with its help and examples, and help and completion are fast."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pophub.organizer.cli.cli import VERBS, app
from pophub.organizer.paths import EXAMPLE_EVENT

PROGRAM = str(Path(sys.executable).parent / "pophub")
ALL = [verb for verbs in VERBS.values() for verb in verbs]
HEAVY = {"boto3", "botocore", "cdktf", "jsii", "lab", "pophub.organizer.deploy", "pophub.organizer.event"}


def _run(*arguments: str):
    return CliRunner().invoke(app, arguments)


def _complete(words: str, events: Path) -> list[str]:
    typed = {"_POPHUB_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    environment = {**os.environ, **typed, "POPHUB_EVENTS": str(events)}
    return subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=False).stdout.split()


def test_alone_it_lists_its_verbs_by_when_they_are_needed() -> None:
    shown = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    groups = re.findall(r"^╭─ (.*?) ─+╮$", shown, re.MULTILINE)

    assert groups == ["Options", *VERBS]
    assert re.findall(r"^│ ([a-z]+) ", shown, re.MULTILINE) == ALL


@pytest.mark.parametrize("arguments", [["--help"], ["deploy", "--help"]])
def test_help_loads_nothing_that_does_the_work(arguments: list[str]) -> None:
    code = (
        "import sys, pophub.organizer.cli.cli as cli\n"
        f"try: cli.app({arguments})\n"
        f"finally: print(sorted({HEAVY} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.endswith("[]\n")


@pytest.mark.parametrize("verb", ALL)
def test_each_verb_shows_how_it_is_typed(verb: str) -> None:
    ran = _run(verb, "--help")
    examples = re.findall(r"^\s.*\bpophub ([a-z]+)", ran.stdout.partition("Examples:")[2], re.MULTILINE)

    assert ran.exit_code == 0
    assert examples
    assert set(examples) == {verb}


def test_a_mistyped_verb_is_guessed() -> None:
    ran = _run("explan")

    assert (ran.exit_code, "Did you mean 'explain'?" in ran.stderr) == (2, True)


def test_a_mistyped_event_is_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "geo-hackweek.yaml").write_text(EXAMPLE_EVENT.read_text())
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    ran = _run("check", "geo-hackwek")

    assert (ran.exit_code, "did you mean `geo-hackweek`?" in ran.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("pophub le", ["leftovers"]),
        ("pophub check s", ["sea", "soil"]),
        ("pophub check a", ["autumn"]),
        ("pophub deploy a", ["autumn", "account"]),
        ("pophub deploy sea --dry", ["--dry-run"]),
    ],
)
def test_the_shell_completes_verbs_events_and_options(tmp_path: Path, words: str, found: list[str]) -> None:
    for name in ("soil", "sea", "geo", "autumn"):
        (tmp_path / f"{name}.yaml").touch()

    assert _complete(words, tmp_path) == found
