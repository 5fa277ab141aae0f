"""An event for the tests of the off page: two days in March, in Los Angeles."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from pophub.core.calendar import Window
from pophub.off_page.facts import EventFacts, Seen, WakeLimits

# 09:00 to 17:30 in Los Angeles, Monday and Tuesday
SESSIONS = tuple(
    Window(datetime(2027, 3, day, 17, tzinfo=UTC), datetime(2027, 3, day + 1, 1, 30, tzinfo=UTC)) for day in (1, 2)
)


def make_facts(**changes: Any) -> EventFacts:
    """The event, with changed facts."""
    usual: dict[str, Any] = {
        "name": "geo",
        "title": "Geo Hackweek",
        "contact": ("help@geo.example",),
        "timezone": "America/Los_Angeles",
        "sessions": SESSIONS,
        "starts": tuple(datetime(2027, 3, day, 16, 45, tzinfo=UTC) for day in (1, 2)),
        "over": datetime(2027, 3, 6, 7, 59, tzinfo=UTC),
        "budget_usd": Decimal(400),
        "wake": WakeLimits(2, time(7), time(23)),
        "guide": (("Your files", ("They stay.",)),),
    }
    return EventFacts(**(usual | changes))


# Monday evening, 20:00 in Los Angeles
EVENING = datetime(2027, 3, 2, 4, tzinfo=UTC)


def make_seen(now: datetime = EVENING, **changes: Any) -> Seen:
    """What is seen when ada comes on Monday evening, with changes."""
    usual: dict[str, Any] = {"listens": False, "wakes": {}, "spent_usd": Decimal(20), "person": "ada"}
    return Seen(now, **(usual | changes))
