"""A problem reads as one line."""

from __future__ import annotations

from pophub.core.problem import Problem


def test_a_problem_reads_as_place_problem_value_and_remedy() -> None:
    problem = Problem("geo.yaml", 7, "participants", "must be at least 1", "for example 60", "0")

    assert str(problem) == "geo.yaml:7: participants: must be at least 1 (got 0); for example 60"


def test_a_problem_without_a_value_shows_none() -> None:
    assert str(Problem("geo.yaml", 1, "ends", "missing", "add it")) == "geo.yaml:1: ends: missing; add it"


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    assert str(Problem("geo.yaml", 0, "file", "cannot be read", "try another")).startswith("geo.yaml: file: ")
