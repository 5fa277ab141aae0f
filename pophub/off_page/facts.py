"""The facts of the event, which a deploy writes into the function's archive, and what the function sees at a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pophub.core.calendar import Window
from pophub.core.look import NO_BRAND, Brand

FACTS_FILE = "facts.json"


@dataclass(frozen=True, slots=True)
class WakeLimits:
    """How often a day people may start the hub from its page, and between which times of the event's day."""

    times_a_day: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One event. `starts` are the schedule's; `over` is its last stop; `wake` is None if people cannot start the hub here.

    `guide` is the participants' guide: headings, and the sentences below each.
    """

    name: str
    title: str
    contact: tuple[str, ...]
    timezone: str
    sessions: tuple[Window, ...]
    starts: tuple[datetime, ...]
    over: datetime
    budget_usd: Decimal
    wake: WakeLimits | None
    guide: tuple[tuple[str, tuple[str, ...]], ...]
    brand: Brand = NO_BRAND

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def session_at(self, moment: datetime) -> Window | None:
        """The current session."""
        return next((it for it in self.sessions if it.start <= moment < it.end), None)

    def next_start(self, moment: datetime) -> datetime | None:
        """When the schedule starts the hub next; None if no start is left."""
        return next((it for it in self.starts if it > moment), None)

    def last_start(self, moment: datetime) -> datetime | None:
        """When the schedule last started the hub; None before its first start."""
        return max((it for it in self.starts if it <= moment), default=None)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the function sees. `wakes` are today's starts from this page by number, `spent_usd` is what the hub has cost.

    Both are None if they are not known. `person` is None for a visitor without a valid cookie of the hub. `listens` is
    whether the machine answers at its https port.
    """

    now: datetime
    listens: bool
    wakes: Mapping[int, datetime] | None
    spent_usd: Decimal | None
    person: str | None


def as_json(facts: EventFacts) -> dict[str, Any]:
    """The facts as JSON data: times are ISO 8601, money is a string."""
    wake = facts.wake
    return {
        "name": facts.name,
        "title": facts.title,
        "contact": list(facts.contact),
        "timezone": facts.timezone,
        "sessions": [[it.start.isoformat(), it.end.isoformat()] for it in facts.sessions],
        "starts": [it.isoformat() for it in facts.starts],
        "over": facts.over.isoformat(),
        "budget_usd": str(facts.budget_usd),
        "wake": wake and [wake.times_a_day, f"{wake.opens:%H:%M}", f"{wake.closes:%H:%M}"],
        "guide": [[title, list(sentences)] for title, sentences in facts.guide],
        "brand": [facts.brand.colour, facts.brand.logo],
    }


def from_json(data: Mapping[str, Any]) -> EventFacts:
    """Read what `as_json` wrote."""
    wake = data["wake"]
    return EventFacts(
        name=data["name"],
        title=data["title"],
        contact=tuple(data["contact"]),
        timezone=data["timezone"],
        sessions=tuple(Window(*map(datetime.fromisoformat, pair)) for pair in data["sessions"]),
        starts=tuple(map(datetime.fromisoformat, data["starts"])),
        over=datetime.fromisoformat(data["over"]),
        budget_usd=Decimal(data["budget_usd"]),
        wake=WakeLimits(wake[0], *map(time.fromisoformat, wake[1:])) if wake else None,
        guide=tuple((title, tuple(sentences)) for title, sentences in data["guide"]),
        brand=Brand(*data["brand"]),
    )
