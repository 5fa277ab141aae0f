"""What an organizer may write under `assumptions`, and what is said where it makes no sense."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from pophub.organizer.event.assumptions import Assumptions


def test_one_number_counts_for_every_case() -> None:
    guess = Assumptions.model_validate({"after_hours": 2, "present": Decimal("0.9")})

    assert guess.after_hours == (2, 2)
    assert guess.present == (Decimal("0.9"),) * 3


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("after_hours", [1], "neither one number nor a list of 2"),
        ("present", [0, 1], "neither one number nor a list of 3"),
        ("present", [Decimal("0.5"), Decimal("0.2"), 1], "the figures must rise"),
        ("present", 2, "less than or equal to 1"),
        ("setup_hours", -1, "greater than or equal to 0"),
        ("traffic_gb_a_day", "much", "not a number"),
        ("coffee", 3, "Extra inputs are not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused(key: str, value: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Assumptions.model_validate({key: value})
