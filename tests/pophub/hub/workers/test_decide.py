"""Decisions by case file: a file is a situation, its name what should happen. test_decide_properties.py has the promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.hub.workers.decide import RULES
from pophub.hub.workers.decision import Do
from tests.pophub.hub.workers.story import looks

CASES = sorted(Path(__file__).with_name("cases").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path) -> None:
    for look in looks(case):
        assert look.found == look.expected, f"at {look.at}: {look.decision.reason}"


def test_every_rule_decides_some_case_and_every_step_is_taken() -> None:
    decisions = [look.decision for case in CASES for look in looks(case)]

    assert {decision.rule for decision in decisions} == {rule.__name__.strip("_") for rule in RULES}
    assert {step.do for decision in decisions for step in decision.steps} == set(Do)
