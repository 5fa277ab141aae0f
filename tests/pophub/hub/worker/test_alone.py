"""A worker without a manager ends itself: half an hour later, by the group, and else by its own power."""

from __future__ import annotations

from pophub.hub.worker.alone import AFTER_REQUEST_SECONDS, ALONE_SECONDS, Alone, End


def test_half_an_hour_without_a_manager_is_an_end() -> None:
    alone = Alone()

    assert alone.observe(100, manager=False) is End.NOT
    assert alone.observe(100 + ALONE_SECONDS - 1, manager=False) is End.NOT
    assert alone.observe(100 + ALONE_SECONDS, manager=False) is End.ASK
    assert alone.observe(100 + ALONE_SECONDS + 5, manager=False) is End.NOT
    assert alone.observe(100 + ALONE_SECONDS + AFTER_REQUEST_SECONDS, manager=False) is End.POWER_OFF


def test_a_manager_that_answers_again_starts_the_half_hour_anew() -> None:
    alone = Alone()
    alone.observe(0, manager=False)
    assert alone.observe(ALONE_SECONDS - 5, manager=True) is End.NOT
    alone.observe(ALONE_SECONDS, manager=False)

    assert alone.observe(ALONE_SECONDS + 5, manager=False) is End.NOT
    assert alone.observe(2 * ALONE_SECONDS, manager=False) is End.ASK
    assert alone.observe(2 * ALONE_SECONDS + 5, manager=True) is End.NOT
    assert alone == Alone()
