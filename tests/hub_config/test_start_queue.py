"""The queue of people who start their servers at once: order, places, and how long it takes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import pytest
from traitlets.config import Config

Load = Callable[..., Config]


@pytest.fixture
def module(load: Load) -> Any:
    load()
    return sys.modules["sections.start_queue"]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_people_come_in_their_order_and_know_their_place(module: Any) -> None:
    began: list[str] = []

    async def play() -> None:
        queue, ends = module.StartQueue(2), {name: asyncio.Event() for name in "abcde"}

        async def start(name: str) -> None:
            async with queue.turn(name):
                began.append(name)
                await ends[name].wait()

        starts = [asyncio.create_task(start(name)) for name in "abcde"]
        await settle()
        assert began == ["a", "b"]
        assert [queue.place(name) for name in "abcde"] == [None, None, 1, 2, 3]
        ends["b"].set()
        await settle()
        assert began == ["a", "b", "c"]
        assert [queue.place(name) for name in "abcde"] == [None, None, None, 1, 2]
        for end in ends.values():
            end.set()
        await asyncio.gather(*starts)

    asyncio.run(asyncio.wait_for(play(), 10))
    assert began == list("abcde")


def test_who_fails_or_goes_away_makes_room(module: Any) -> None:
    async def play() -> None:
        queue = module.StartQueue(1)

        async def fail() -> None:
            async with queue.turn("a"):
                raise RuntimeError

        async def wait(name: str) -> None:
            async with queue.turn(name):
                await asyncio.sleep(60)

        with pytest.raises(RuntimeError):
            await fail()
        first, second = (asyncio.create_task(wait(name)) for name in "bc")
        await settle()
        assert queue.place("c") == 1
        second.cancel()
        await settle()
        assert queue.place("c") is None
        first.cancel()
        await settle()
        async with queue.turn("d"):
            assert queue.seconds(1) is None, "nobody has started yet"

    asyncio.run(asyncio.wait_for(play(), 10))


def test_a_start_that_hangs_keeps_nobody_for_long(module: Any) -> None:
    async def play() -> None:
        queue = module.StartQueue(1, turn_seconds=0.05)
        async with queue.turn("hangs"), queue.turn("next"):
            pass

    asyncio.run(asyncio.wait_for(play(), 10))


def test_the_estimate_follows_the_latest_starts(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])

    async def play() -> list[float]:
        queue, found = module.StartQueue(4, turn_seconds=5), []
        for seconds in (2.0, *[4.0] * 20, *[10.0] * 20):
            async with queue.turn("ada"):
                now[0] += seconds
            found.append(queue.seconds(9))
        return found

    found = asyncio.run(play())
    # two waves of four before the own one
    assert found[0] == 2 * 3 + 2
    assert found[20] == 4 * 3 + 4
    # nobody has a turn for longer than five seconds
    assert found[-1] == 5 * 3 + 10


@pytest.mark.parametrize(
    ("place", "seconds", "said"),
    [
        (1, None, "You are number 1 in the queue."),
        (2, 0.3, "You are number 2 in the queue. Your server is ready in about 5 seconds."),
        (7, 11, "You are number 7 in the queue. Your server is ready in about 15 seconds."),
        (7, 58, "You are number 7 in the queue. Your server is ready in about a minute."),
        (50, 100, "You are number 50 in the queue. Your server is ready in about 2 minutes."),
    ],
)
def test_a_person_reads_place_and_time(module: Any, place: int, seconds: float | None, said: str) -> None:
    assert module.words(place, seconds) == said
