"""The only module that waits for a condition; it never waits longer than its limit."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from pophub.core.errors import PophubError

Answer = TypeVar("Answer")


def wait_until(condition: Callable[[], Answer], seconds: float, what: str, *, every_seconds: float = 0.1) -> Answer:
    """The first truthy answer of a condition; it is asked at least once.

    Raises:
        PophubError: the time is over; the error says what was waited for, and how long.
    """
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() >= end:
            raise PophubError(f"not within {seconds:g} s: {what}")
        time.sleep(every_seconds)
    return answer
