"""What went wrong is said in one sentence with a remedy. diagnosis_cases/ has the output of a command and what is said of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pophub.diagnosis import KNOWN, diagnose
from pophub.errors import ExitCode

CASES = sorted(Path(__file__).with_name("diagnosis_cases").glob("*.log"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_known_failure_is_told_with_its_remedy_and_the_log(case: Path) -> None:
    error = diagnose("cdktf deploy geo", case.read_text(), "the.log")

    assert f"{error.problem}\nhint: {error.hint}\n" == case.with_suffix(".txt").read_text()
    assert error.code == ExitCode.REFUSED


def test_each_case_has_its_text_and_each_text_its_case() -> None:
    assert {path.stem for path in CASES[0].parent.glob("*.txt")} == {case.stem for case in CASES}


@pytest.mark.parametrize("problem", [problem for _, problem, _ in KNOWN])
def test_every_known_failure_has_a_case(problem: str) -> None:
    said = [case.with_suffix(".txt").read_text() for case in CASES]

    assert any(re.split(r"{\d}", problem)[0] in text for text in said)


def test_a_failure_that_nobody_knows_is_told_as_terraform_tells_it() -> None:
    error = diagnose("cdktf deploy geo", "Plan: 3 to add\nError: the moon is full\n\n  with aws_moon.full\n", "the.log")

    assert error.problem == "cdktf deploy geo failed: the moon is full"
    assert error.hint == "all that was said: the.log"


def test_a_failure_without_an_error_is_told_by_its_last_lines() -> None:
    assert diagnose("cdktf synth", "one\ntwo\n", "the.log").problem == "cdktf synth failed: one / two"


def test_a_failure_without_a_word_is_told_too() -> None:
    assert diagnose("cdktf synth", "", "the.log").problem == "cdktf synth failed: it said nothing"
