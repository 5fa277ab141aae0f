"""`pophub roster` as a shell sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pophub.organizer.paths import EXAMPLE_EVENT

PROGRAM = str(Path(sys.executable).parent / "pophub")


def test_an_event_without_a_roster_is_told_how_to_get_one() -> None:
    command = [PROGRAM, "roster", str(EXAMPLE_EVENT), "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (ran.returncode, ran.stderr.splitlines()) == (
        1,
        ["example-event has no roster", "hint: write `roster: people.csv` into the event file"],
    )
    assert "problems" in json.loads(ran.stdout)
