"""Problems read as one line, and errors carry what a command needs."""

from __future__ import annotations

import pytest

from pophub.core.errors import ExitCode, PophubError, Problem


def test_a_problem_reads_as_place_problem_value_and_remedy() -> None:
    problem = Problem("geo.yaml", 7, "participants", "must be at least 1", "for example 60", "0")

    assert str(problem) == "geo.yaml:7: participants: must be at least 1 (got 0); for example 60"


def test_a_problem_without_a_value_shows_none() -> None:
    assert str(Problem("geo.yaml", 1, "ends", "missing", "add it")) == "geo.yaml:1: ends: missing; add it"


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    assert str(Problem("geo.yaml", 0, "file", "cannot be read", "try another")).startswith("geo.yaml: file: ")


def test_an_error_is_the_organizers_to_fix_unless_it_says_otherwise() -> None:
    assert PophubError("no").code is ExitCode.FIX


def test_an_error_keeps_what_it_was_given() -> None:
    problem = Problem("geo.yaml", 1, "ends", "missing", "add it")
    error = PophubError("no", hint="do", code=ExitCode.REFUSED, field="ends", problems=[problem])

    assert (str(error), error.hint, error.code, error.field, error.problems) == ("no", "do", 3, "ends", (problem,))


@pytest.mark.parametrize(("code", "number"), [("DONE", 0), ("FIX", 1), ("USAGE", 2), ("REFUSED", 3)])
def test_exit_codes_are_a_contract_with_the_shell(code: str, number: int) -> None:
    assert ExitCode[code] == number


def test_a_sentence_has_the_next_step_if_there_is_one() -> None:
    assert PophubError("no", hint="do").sentence == "no; next: do"
    assert PophubError("no").sentence == "no"
