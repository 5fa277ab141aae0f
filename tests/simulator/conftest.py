"""What the tests of the simulator share: the traces by name, and small traces made for one test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from simulator.library import library
from simulator.trace import Trace, Visit


@pytest.fixture(scope="session")
def traces() -> dict[str, Trace]:
    """The library's traces by name."""
    return {trace.name: trace for trace in library()}


@pytest.fixture(scope="session")
def with_visits(traces: dict[str, Trace]) -> Callable[..., Trace]:
    """A day with one session, from 09:00 to 17:00 local time (minute 75 to 555), and with these visits.

    A server is idle after an hour.
    """
    day = traces["nobody-comes"]
    day = replace(day, policy=replace(day.policy, server_idle=timedelta(hours=1)))
    return lambda *visits: replace(day, visits=visits)


@pytest.fixture(scope="session")
def visit() -> Callable[..., Visit]:
    """A visit of a person who works all the time."""

    def make(arrive: int, leave: int, **more: object) -> Visit:
        return Visit(**({"user": "ada", "arrive": arrive, "leave": leave, "works": ((arrive, leave),)} | more))

    return make
