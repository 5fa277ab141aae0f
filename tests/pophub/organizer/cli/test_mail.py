"""`pophub mail` as a shell sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pophub.organizer.paths import EXAMPLE_EVENT

PROGRAM = str(Path(sys.executable).parent / "pophub")


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "mail", str(EXAMPLE_EVENT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60, check=False)


def test_json_is_one_object_on_stdout(tmp_path: Path) -> None:
    ran = _run(tmp_path, "day-before", "--to", "texts", "--json")

    assert (ran.returncode, json.loads(ran.stdout)["texts"]) == (0, 1)
    assert (tmp_path / "texts" / "everybody.txt").read_text().startswith("Subject: Geo Hackweek 2027 begins on")


def test_another_occasion_is_wrong_usage(tmp_path: Path) -> None:
    ran = _run(tmp_path, "birthday")

    assert (ran.returncode, "invitation" in ran.stderr) == (2, True)
