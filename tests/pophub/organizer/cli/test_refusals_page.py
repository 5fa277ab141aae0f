"""The reference page is the catalogue."""

from __future__ import annotations

from pophub.aws.refusals.catalogue import CHAPTERS
from pophub.organizer.cli.refusals_page import PAGE, TITLES, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "python -m pophub.organizer.cli.refusals_page"


def test_each_chapter_has_its_title() -> None:
    assert tuple(TITLES) == CHAPTERS
