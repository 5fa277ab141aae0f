"""The shape that others build upon."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from pophub.aws.refusals import Explanation, Kind


def test_an_explanation_is_data_and_needs_no_log() -> None:
    explanation = Explanation(Kind.QUOTA, "problem", "next", "https://example.org")

    assert (explanation.line, explanation.message, str(explanation.kind)) == (0, "", "quota")
    with pytest.raises(FrozenInstanceError):
        explanation.line = 1  # type: ignore[misc]
