"""The draft of `pophub new`: a complete event from the beginning, which each answer changes."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pophub.organizer.event import lined_yaml
from pophub.organizer.event.fields import places, time_zones
from pophub.organizer.login import PROVIDERS
from pophub.organizer.paths import EXAMPLE_EVENT
from pophub.organizer.plan.plan import Plan

# approximate latitude and longitude of the price table's regions:
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
REGIONS = {
    "us-east-1": (39, -78),
    "us-east-2": (40, -83),
    "us-west-2": (46, -120),
    "ca-central-1": (46, -74),
    "eu-central-1": (50, 9),
    "eu-west-1": (53, -6),
    "eu-north-1": (59, 18),
    "ap-northeast-1": (36, 140),
    "ap-southeast-2": (-34, 151),
}
# login → its keys until its question is answered
UNANSWERED = {
    kind: {asked.key: [asked.placeholder]} for kind, provider in PROVIDERS.items() if (asked := provider.question)
}
# in a place of the draft, this stands for the chosen login
CHOSEN_LOGIN = "*"
PARTICIPANTS = 30
DAYS_AHEAD = 60
DAYS_AFTER = 7


@dataclass(slots=True)
class Draft:
    """A complete event with defaults, which the answers replace one by one."""

    name: str
    now: datetime
    data: dict[str, Any] = field(default_factory=dict)
    # the plan of the answers so far
    plan: Plan | None = None

    @property
    def login_kind(self) -> str:
        """The chosen login."""
        return str(next(iter(self.data["login"])))


def unanswered(name: str, now: datetime) -> Draft:
    """The draft before the first answer."""
    first = _first_monday(now.date() + timedelta(days=DAYS_AHEAD))
    session = {"from": str(first), "to": str(first + timedelta(days=4)), "start": "09:00", "end": "17:30"}
    zone = _zone_of_this_computer()
    data = {
        "title": name.replace("-", " ").title(),
        "region": nearest_region(zone),
        "timezone": zone,
        "domain": "hub.not-yet-known.example",
        "zone": "not-yet-known.example",
        "participants": PARTICIPANTS,
        "sessions": [session],
        "ends": _some_days_after(session["to"]),
        "budget_usd": 1,
        "login": {"github": UNANSWERED["github"]},
        "server": {"image": lined_yaml.read(EXAMPLE_EVENT.read_bytes()).data["server"]["image"]},
    }
    return Draft(name, now, data)


def nearest_region(timezone: str) -> str:
    """The price table's region that is nearest to the city of a time zone; us-east-1 for a zone without a city."""
    place = places().get(timezone)
    return min(REGIONS, key=lambda region: _distance(place, REGIONS[region])) if place else "us-east-1"


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The angle between two places on the globe."""
    (north, east), (north2, east2) = [tuple(map(math.radians, place)) for place in (one, other)]
    across = math.cos(north) * math.cos(north2) * math.cos(east - east2)
    return math.acos(max(-1, min(1, math.sin(north) * math.sin(north2) + across)))


def _zone_of_this_computer() -> str:
    link = Path("/etc/localtime").resolve()
    names = (os.environ.get("TZ", ""), "/".join(link.parts[-2:]), "/".join(link.parts[-3:]))
    return next((name for name in names if name in time_zones()), "Etc/UTC")


def _first_monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _some_days_after(last: str) -> str:
    try:
        return str(date.fromisoformat(last) + timedelta(days=DAYS_AFTER))
    except (ValueError, OverflowError):
        return last


def put(*place: str, read: Callable[[str], Any] = str, optional: bool = False) -> Callable[[Draft, str], None]:
    """A function that writes the parsed answer to this place of the draft; an optional key with an empty answer is left out."""

    def write(draft: Draft, answer: str) -> None:
        *above, key = (draft.login_kind if part == CHOSEN_LOGIN else part for part in place)
        around = draft.data
        for part in above:
            around = around[part]
        around[key] = read(answer)
        if optional and not around[key]:
            del around[key]

    return write


def number(answer: str) -> object:
    """The answer as a number, or unchanged if it is not one."""
    found = re.fullmatch(r"\d{1,9}(\.\d{1,4})?", answer)
    return answer if found is None else Decimal(answer) if found[1] else int(answer)


def comma_separated(answer: str) -> list[str]:
    """The values of a comma-separated answer."""
    return [each.strip() for each in answer.split(",") if each.strip()]


def put_days(draft: Draft, answer: str) -> None:
    """Set the session's days; the event ends some days later."""
    first, last = _span(answer)
    draft.data["sessions"][0] |= {"from": first, "to": last}
    draft.data["ends"] = _some_days_after(last)


def put_hours(draft: Draft, answer: str) -> None:
    """Set the session's hours."""
    start, end = _span(answer)
    draft.data["sessions"][0] |= {"start": start, "end": end}


def _span(answer: str) -> tuple[str, str]:
    """Both ends of "A to B"; another text is both ends itself."""
    first, to, last = answer.partition(" to ")
    return (first.strip(), last.strip()) if to else (answer, answer)


def put_login_kind(draft: Draft, answer: str) -> None:
    """Set the login, with no other setting yet."""
    draft.data["login"] = {answer: dict(UNANSWERED.get(answer, {}))}


def put_address(draft: Draft, answer: str) -> None:
    """Set the hub's address, and the zone that it is most likely in."""
    zones = (name for name in (answer.partition(".")[2], answer, draft.data["zone"]) if "." in name)
    draft.data |= {"domain": answer, "zone": next(zones)}


def put_timezone(draft: Draft, answer: str) -> None:
    """Set the time zone, and the region nearest to its city."""
    draft.data |= {"timezone": answer, "region": nearest_region(answer)}


def span(draft: Draft, first: str, last: str) -> str:
    """Two keys of the session as `_span` reads them."""
    return f"{draft.data['sessions'][0][first]} to {draft.data['sessions'][0][last]}"


def enough(draft: Draft) -> str:
    """The high case of the estimate, rounded up to ten dollars."""
    return str(math.ceil(cost.high.usd / 10) * 10) if (cost := draft.plan and draft.plan.cost) else "400"
