"""The reference page is the catalogue."""

from __future__ import annotations

from pophub.aws.refusals.catalogue import CHAPTERS
from pophub.organizer.docs.refusals_page import TITLES


def test_each_chapter_has_its_title() -> None:
    assert tuple(TITLES) == CHAPTERS
