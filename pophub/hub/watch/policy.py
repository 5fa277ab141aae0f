"""The event's rules for cost-watch: sessions, schedule, idle times, budget. Written by the organizer's computer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pophub.core.calendar import LEAD, Window

# a start that is longer before a session is not for it
LONGEST_LEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """The event's side of a decision. All times are in UTC and sorted; `timezone` is only for texts."""

    timezone: str
    sessions: tuple[Window, ...]
    # when the schedule starts and stops the machine, independent of decisions; the last stop ends the event
    starts: tuple[datetime, ...]
    stops: tuple[datetime, ...]
    hub_idle: timedelta
    server_idle: timedelta
    # how long a computation keeps the hub on, counted from its beginning or its owner's last action, whichever is later
    protected: timedelta
    budget_usd: Decimal
    # how many servers fit into the machine's memory, and how many may start at once; None: the machine is not known
    slots: int | None
    spawns_at_once: int | None
    # the user names of the people on the event's roster
    roster: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def over(self) -> datetime:
        """The end of the event's last day."""
        return self.stops[-1]

    def session_at(self, moment: datetime) -> Window | None:
        """The current session; a session does not include its last instant."""
        return next((it for it in self.sessions if it.start <= moment < it.end), None)

    def session_within(self, moment: datetime, ahead: timedelta) -> Window | None:
        """The session that starts after the moment, at most `ahead` later."""
        return next((it for it in self.sessions if moment < it.start <= moment + ahead), None)

    def lead(self, session: Window) -> timedelta:
        """How long before a session the schedule starts the machine: earlier if it also starts workers."""
        leads = [session.start - it for it in self.starts if it <= session.start <= it + LONGEST_LEAD]
        return min(leads, default=LEAD)

    def last_end(self, moment: datetime) -> datetime | None:
        """When the last session before the moment ended."""
        return max((it.end for it in self.sessions if it.end <= moment), default=None)

    def stop_within(self, moment: datetime, ahead: timedelta) -> datetime | None:
        """The schedule's next stop after the moment, if it comes within `ahead`."""
        return next((stop for stop in self.stops if moment < stop <= moment + ahead), None)


def as_json(policy: Policy) -> dict[str, Any]:
    """The policy as JSON data: times are ISO 8601, durations are seconds, money is a string."""
    return {field.name: _plain(getattr(policy, field.name)) for field in fields(policy)}


def from_json(data: dict[str, Any]) -> Policy:
    """Read what `as_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: the data has another form.
    """
    return Policy(
        timezone=data["timezone"],
        sessions=tuple(Window(*_moments(pair)) for pair in data["sessions"]),
        starts=_moments(data["starts"]),
        stops=_moments(data["stops"]),
        hub_idle=timedelta(seconds=data["hub_idle"]),
        server_idle=timedelta(seconds=data["server_idle"]),
        protected=timedelta(seconds=data["protected"]),
        budget_usd=Decimal(data["budget_usd"]),
        slots=data["slots"],
        spawns_at_once=data["spawns_at_once"],
        # settings from before rosters were started lack it
        roster=tuple(data.get("roster", ())),
    )


def _moments(texts: list[str]) -> tuple[datetime, ...]:
    return tuple(map(datetime.fromisoformat, texts))


def _plain(value: object) -> object:
    match value:
        case tuple():
            return [_plain(inner) for inner in value]
        case Window():
            return [value.start.isoformat(), value.end.isoformat()]
        case datetime():
            return value.isoformat()
        case timedelta():
            return int(value.total_seconds())
        case Decimal():
            return str(value)
    return value
