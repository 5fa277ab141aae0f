"""A fact that several questions need is asked for once, and a failure is shared too."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from pophub.organizer.doctor.case import FactCache


def test_a_fact_is_asked_for_once_by_however_many_at_once() -> None:
    facts, asked, together = FactCache(), [], Barrier(4)
    got: list[int] = []

    def ask() -> int:
        asked.append(1)
        return 7

    def want() -> None:
        together.wait()
        got.append(facts.once("seven", ask))

    threads = [Thread(target=want) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (got, len(asked)) == ([7, 7, 7, 7], 1)


def test_a_failure_is_the_same_for_everybody() -> None:
    facts, asked = FactCache(), []

    def ask() -> int:
        asked.append(1)
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            facts.once("seven", ask)
    assert len(asked) == 1
