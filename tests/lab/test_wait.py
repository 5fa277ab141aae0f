"""Waiting, with conditions that need no time."""

from __future__ import annotations

import pytest

from lab import wait
from lab.wait import wait_until
from pophub.core.errors import PophubError


class Clock:
    """Passes only when somebody asks, or pauses."""

    def __init__(self) -> None:
        self.now, self.pauses = 0.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def test_the_answer_that_was_waited_for_is_returned() -> None:
    answers = iter([0, None, "", "there"])

    assert wait_until(lambda: next(answers), 60, "it is there", every_seconds=0) == "there"


def test_a_condition_is_asked_once_even_without_time() -> None:
    assert wait_until(lambda: True, 0, "it is so")


def test_waiting_in_vain_says_for_what_and_how_long() -> None:
    with pytest.raises(PophubError, match=r"not within 0\.01 s: the cows come home"):
        wait_until(lambda: False, 0.01, "the cows come home", every_seconds=0)


def test_an_error_of_the_condition_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 / 0, 60, "nothing")


@pytest.mark.parametrize(("asking_takes", "pause"), [(0.01, 0.1), (0.1, 0.8), (5, 1)])
def test_what_takes_long_to_ask_is_asked_less_often(
    monkeypatch: pytest.MonkeyPatch, asking_takes: float, pause: float
) -> None:
    clock = Clock()
    monkeypatch.setattr(wait, "time", clock)

    def ask() -> bool:
        clock.now += asking_takes
        return len(clock.pauses) == 2

    assert wait_until(ask, 60, "it was asked three times")
    assert clock.pauses == pytest.approx([pause] * 2)
