"""`pophub mail` as a shell sees it."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess

from pophub.organizer.paths import EXAMPLE_EVENT
from tests.command_line import run_pophub


def _run(folder: Path, *arguments: str) -> CompletedProcess[str]:
    return run_pophub("mail", str(EXAMPLE_EVENT), *arguments, folder=folder)


def test_json_is_one_object_on_stdout(tmp_path: Path) -> None:
    ran = _run(tmp_path, "day-before", "--to", "texts", "--json")

    assert (ran.returncode, json.loads(ran.stdout)["texts"]) == (0, 1)
    assert (tmp_path / "texts" / "everybody.txt").read_text().startswith("Subject: Geo Hackweek 2027 begins on")


def test_another_occasion_is_wrong_usage(tmp_path: Path) -> None:
    ran = _run(tmp_path, "birthday")

    assert (ran.returncode, "invitation" in ran.stderr) == (2, True)
