"""A wish to keep a hub on: the next moment of that name, and what goes before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lab.plans import plan_of
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.running.keep_request import heard, next_at

PACIFIC = ZoneInfo("America/Los_Angeles")
NOW = datetime(2027, 3, 2, 3, tzinfo=UTC)


def test_a_time_that_has_passed_today_is_tomorrows() -> None:
    assert next_at("22:00", PACIFIC, NOW) == datetime(2027, 3, 1, 22, tzinfo=PACIFIC)
    assert next_at("06:00", PACIFIC, NOW) == datetime(2027, 3, 2, 6, tzinfo=PACIFIC)
    with pytest.raises(PophubError, match="no time of day"):
        next_at("tonight", PACIFIC, NOW)


@pytest.mark.parametrize(
    ("now", "until", "then"),
    [
        # in Berlin the hour from 02:00 comes twice that night
        ("2026-10-25T01:30", "02:45", "2026-10-25T01:45"),
        ("2026-10-25T00:50", "02:20", "2026-10-25T01:20"),
        ("2026-10-25T00:10", "02:20", "2026-10-25T00:20"),
    ],
)
def test_a_time_that_comes_twice_is_the_next_of_both(now: str, until: str, then: str) -> None:
    moment, expected = (datetime.fromisoformat(it).replace(tzinfo=UTC) for it in (now, then))

    assert next_at(until, ZoneInfo("Europe/Berlin"), moment).astimezone(UTC) == expected


@pytest.mark.parametrize(
    ("hours", "state", "spent", "told"),
    [
        (3, "running", "12.5", "it hears of it within ten minutes"),
        (3, "running", None, "it hears of it within ten minutes"),
        (11, "running", "12.5", "but the schedule stops it at 01:30 on 02 March all the same"),
        (3, "running", "400", "but its budget is used up"),
        (3, "stopped", "12.5", "but it is stopped, and this request does not start it"),
    ],
)
def test_a_wish_says_what_goes_before_it(
    make_event: Callable[..., Event], hours: int, state: str, spent: str | None, told: str
) -> None:
    said = {"spent_usd": spent}

    assert heard(plan_of(make_event()), NOW, NOW + timedelta(hours=hours), state=state, report=said).startswith(told)
