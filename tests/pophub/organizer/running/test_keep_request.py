"""A request to keep a hub on: when it takes effect, and what overrides it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from lab.plans import plan_of
from pophub.organizer.event.event import Event
from pophub.organizer.running.keep_request import effect_of

NOW = datetime(2027, 3, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "state", "spent", "effect"),
    [
        (3, "running", "12.5", "it reads the request within ten minutes"),
        (3, "running", None, "it reads the request within ten minutes"),
        (11, "running", "12.5", "but the schedule stops it at 01:30 on 02 March all the same"),
        (3, "running", "400", "but its budget is used up"),
        (3, "stopped", "12.5", "but it is stopped, and this request does not start it"),
    ],
)
def test_a_request_says_what_overrides_it(
    make_event: Callable[..., Event], hours: int, state: str, spent: str | None, effect: str
) -> None:
    report = {"spent_usd": spent}
    found = effect_of(plan_of(make_event()), NOW, NOW + timedelta(hours=hours), state=state, report=report)

    assert found.startswith(effect)
