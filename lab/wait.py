"""The only module that waits for a condition; it never waits longer than its limit."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from pophub.core.errors import PophubError

Answer = TypeVar("Answer")
# a pause is so many times as long as asking took, up to a second: a program that is started to ask uses the processor
# that what is waited for needs
PAUSE_OF_ASKING = 8
LONGEST_PAUSE_SECONDS = 1.0


def wait_until(condition: Callable[[], Answer], seconds: float, what: str, *, every_seconds: float = 0.1) -> Answer:
    """The first truthy answer of a condition; it is asked at least once, and less often if asking takes long.

    Raises:
        PophubError: the time is over; the error says what was waited for, and how long.
    """
    end = time.monotonic() + seconds
    asked = time.monotonic()
    while not (answer := condition()):
        now = time.monotonic()
        if now >= end:
            raise PophubError(f"not within {seconds:g} s: {what}")
        time.sleep(max(every_seconds, min((now - asked) * PAUSE_OF_ASKING, LONGEST_PAUSE_SECONDS)))
        asked = time.monotonic()
    return answer
