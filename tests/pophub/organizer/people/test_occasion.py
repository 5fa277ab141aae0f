"""The occasions are the words of the command."""

from __future__ import annotations

from pophub.organizer.people.occasion import Occasion


def test_an_occasion_is_what_is_typed() -> None:
    assert [str(each) for each in Occasion] == ["invitation", "day-before", "last-day", "files"]
