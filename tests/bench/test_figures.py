"""Figures of a bench."""

from __future__ import annotations

from bench.figures import spread


def test_one_slow_start_does_not_hide_how_it_mostly_is() -> None:
    assert spread([1.0, 30.0, 1.25]) == ("1.2", "1.0", "30.0")
