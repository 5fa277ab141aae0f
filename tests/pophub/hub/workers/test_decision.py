"""A decision is data."""

from __future__ import annotations

import dataclasses

import pytest

from pophub.hub.workers.decision import Decision, Do, WorkerAction


def test_a_step_shrinks_the_group_unless_it_says_otherwise_and_cannot_be_changed() -> None:
    step = WorkerAction(Do.END, "i-1")

    assert step.shrinks
    assert Decision("rule", "reason").steps == ()
    with pytest.raises(dataclasses.FrozenInstanceError):
        step.worker = "i-2"  # type: ignore[misc]
