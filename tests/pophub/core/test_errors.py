"""Errors carry what a command needs."""

from __future__ import annotations

import pytest

from pophub.core.errors import ExitCode, PophubError
from pophub.core.problem import Problem


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
