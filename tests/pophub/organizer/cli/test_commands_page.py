"""The command reference is what the commands say of themselves."""

from __future__ import annotations

from pophub.organizer.cli.cli import VERBS
from pophub.organizer.cli.commands_page import PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "python -m pophub.organizer.cli.commands_page"


def test_each_verb_has_its_chapter() -> None:
    chapters = [line.removeprefix("### pophub ") for line in page().splitlines() if line.startswith("### ")]

    assert chapters == [verb for verbs in VERBS.values() for verb in verbs]
