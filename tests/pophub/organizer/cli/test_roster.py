"""`pophub roster` as a shell sees it."""

from __future__ import annotations

import json

from pophub.organizer.paths import EXAMPLE_EVENT
from tests.command_line import run_pophub


def test_an_event_without_a_roster_is_told_how_to_get_one() -> None:
    ran = run_pophub("roster", str(EXAMPLE_EVENT), "--json")

    assert (ran.returncode, ran.stderr.splitlines()) == (
        1,
        ["example-event has no roster", "hint: write `roster: people.csv` into the event file"],
    )
    assert "problems" in json.loads(ran.stdout)
