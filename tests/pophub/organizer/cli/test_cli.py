"""`pophub VERB` as a shell sees it: every verb is there, with its own options and examples."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pophub.organizer.cli.cli import VERBS, app, command
from pophub.organizer.paths import EXAMPLE_EVENT, SCRIPTS

PROGRAM = str(Path(sys.executable).parent / "pophub")


def _run(*arguments: str):
    return CliRunner().invoke(app, arguments)


def test_alone_it_lists_its_verbs() -> None:
    ran = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True)

    assert [verb for verb in VERBS if f" {verb} " not in ran.stdout] == []


def test_the_list_of_verbs_loads_none_of_them() -> None:
    code = (
        "import sys, pophub.organizer.cli.cli as cli\n"
        "try: cli.app(['--help'])\n"
        "finally: print(sorted({'boto3', 'lab', 'pophub.organizer.doctor'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.endswith("[]\n")


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_shows_how_it_is_typed(verb: str) -> None:
    ran = _run(verb, "--help")

    assert ran.exit_code == 0
    assert f"pophub {verb} " in " ".join(ran.stdout.split())
    assert "python scripts" not in ran.stdout


def test_a_verb_does_what_its_script_does() -> None:
    ran = _run("check", str(EXAMPLE_EVENT))

    assert ran.exit_code == 0
    assert "r6i.8xlarge" in ran.stdout


@pytest.mark.parametrize(("verb", "action"), [(name, it.action) for name, it in VERBS.items() if it.action])
def test_a_verb_that_is_an_action_of_a_script_needs_no_action(verb: str, action: str) -> None:
    loaded = command(verb)

    assert "action" not in [each.name for each in loaded.params]
    assert loaded.callback.keywords["action"].value == action


def test_a_mistyped_verb_is_guessed() -> None:
    ran = _run("docter")

    assert (ran.exit_code, "Did you mean 'doctor'?" in ran.stderr) == (2, True)


def test_the_shell_completes_the_events_that_have_a_file(tmp_path: Path) -> None:
    for name in ("soil", "sea", "geo"):
        (tmp_path / f"{name}.yaml").touch()
    words = {"_POPHUB_COMPLETE": "complete_bash", "COMP_WORDS": "pophub check s", "COMP_CWORD": "2"}
    environment = {**os.environ, **words, "POPHUB_EVENTS": str(tmp_path)}

    ran = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=False)

    assert ran.stdout.split() == ["sea", "soil"]


def test_every_script_is_there() -> None:
    assert all((SCRIPTS / f"{verb.script}.py").is_file() for verb in VERBS.values())
