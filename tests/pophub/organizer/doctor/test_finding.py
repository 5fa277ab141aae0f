"""Verdicts are made by their colour, and counts have their plural."""

from __future__ import annotations

from pophub.organizer.doctor.finding import Colour, Verdict, counted, green, red, unknown, yellow


def test_each_colour_has_its_maker() -> None:
    assert green("fine") == Verdict(Colour.GREEN, "fine", "")
    assert [make("x", "do y").colour for make in (yellow, red, unknown)] == [Colour.YELLOW, Colour.RED, Colour.UNKNOWN]


def test_one_has_no_plural() -> None:
    assert [counted(count, "VPC") for count in (0, 1, 2)] == ["0 VPCs", "1 VPC", "2 VPCs"]
