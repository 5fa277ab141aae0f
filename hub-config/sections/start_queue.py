"""The order of starts if many people come at once, and what they read while they wait. First come, first served.

If all servers start at once on few processors, all of them are ready late. One after the other, most are ready much
earlier, and the last one is not later.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from math import ceil

# two for each processor, because a start also waits for Docker, the disk and the event's content
STARTS_A_CPU = 2
# a start that takes longer than this probably waits for something else than a processor, so the next one may begin
TURN_SECONDS = 5.0
# the estimate is the mean of this many latest starts
LATEST = 20


class StartQueue:
    """At most `at_once` servers start together; a start keeps its turn for at most `turn_seconds`. A person is any object."""

    def __init__(self, at_once: int, turn_seconds: float = TURN_SECONDS) -> None:
        self._at_once, self._turn_seconds = at_once, turn_seconds
        self._turns = asyncio.Semaphore(at_once)
        self._waiting: dict[object, None] = {}
        self._latest: deque[float] = deque(maxlen=LATEST)

    @asynccontextmanager
    async def turn(self, person: object) -> AsyncIterator[None]:
        """Wait for the person's turn; the block is the start."""
        self._waiting[person] = None
        try:
            await self._turns.acquire()
        finally:
            del self._waiting[person]
        begin, ended = time.monotonic(), asyncio.Event()
        giving_back = asyncio.ensure_future(self._give_back(ended))
        try:
            yield
            self._latest.append(time.monotonic() - begin)
        finally:
            ended.set()
            await giving_back

    async def _give_back(self, ended: asyncio.Event) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), self._turn_seconds)
        self._turns.release()

    def place(self, person: object) -> int | None:
        """The person's number in the queue, from 1 on; None if the person does not wait."""
        return next((place for place, waiting in enumerate(self._waiting, 1) if waiting == person), None)

    def seconds(self, place: int) -> float | None:
        """About how long it takes until the server at this place is ready, by the latest starts; None if there was none."""
        if not self._latest:
            return None
        one = sum(self._latest) / len(self._latest)
        return min(one, self._turn_seconds) * ceil(place / self._at_once) + one


# the queue of the hub's own machine
HERE = StartQueue(STARTS_A_CPU * (os.cpu_count() or 1))


def words(place: int, seconds: float | None) -> str:
    """The sentence that a waiting person reads."""
    there = f"You are number {place} in the queue."
    return there if seconds is None else f"{there} Your server is ready in about {_rounded(seconds)}."


def _rounded(seconds: float) -> str:
    if seconds <= 55:
        return f"{max(5, ceil(seconds / 5) * 5)} seconds"
    minutes = ceil(seconds / 60 - 0.25)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
