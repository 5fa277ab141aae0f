"""The command reference is what the commands say of themselves."""

from __future__ import annotations

from pophub.organizer.cli.cli import VERBS
from pophub.organizer.docs.commands_page import page


def test_each_verb_has_its_chapter() -> None:
    chapters = [line.removeprefix("### pophub ") for line in page().splitlines() if line.startswith("### ")]

    assert chapters == [verb for verbs in VERBS.values() for verb in verbs]
