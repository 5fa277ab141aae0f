"""A summary of an event, from the hub's event log and the machine's journal. Pure.

Lines that are damaged, incomplete or of other programs are ignored. None means "not recorded", which is not zero.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from pophub.core.contract import is_pretended
from pophub.hub.archive.journal import Incident, Journal, Stop

HISTORY = "history.json"
# more than any event has; further servers are counted but their times are not kept
MOST_MEASURED = 200_000
MEDIAN, NEARLY_ALL = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class Servers:
    """Participants' servers, from the hub's event log; `by_day` counts starts for each day in the event's time zone."""

    starts: int
    stops: int
    people: int
    by_day: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Spawns:
    """How many seconds servers took to start; the times are None if no server started."""

    count: int
    failed: int
    median: float | None = None
    nearly_all: float | None = None
    slowest: float | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The summary at one moment; None is what was not recorded. `since` is when the journal begins."""

    at: str
    servers: Servers | None = None
    since: str | None = None
    spawns: Spawns | None = None
    culls: int | None = None
    stops: tuple[Stop, ...] | None = None
    incidents: tuple[Incident, ...] | None = None
    # of the home volume, in bytes
    disk: int | None = None
    disk_used: int | None = None


def of_events(lines: Iterable[bytes], zone: tzinfo = UTC) -> Servers | None:
    """The event log's part; None if it has no readable line."""
    actions: Counter[str] = Counter()
    days: Counter[str] = Counter()
    people: set[str] = set()
    for line in lines:
        try:
            data = json.loads(line)
            action, user = str(data["action"]), str(data["username"])
            # jupyter_events appends a Z even to a time with an offset
            day = datetime.fromisoformat(data["__timestamp__"].removesuffix("Z")).astimezone(zone).date()
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            continue
        if is_pretended(user):
            continue
        actions[action] += 1
        people.add(user)
        if action == "start":
            days[str(day)] += 1
    if not actions:
        return None
    return Servers(actions["start"], actions["stop"], len(people), dict(sorted(days.items())))


def of_journal(lines: Iterable[bytes]) -> dict[str, Any]:
    """The journal's part, as fields of `History`; empty if the journal has no readable line."""
    journal, seconds = Journal(), array("d")
    for line in lines:
        took = journal.take(line)
        if took is not None and len(seconds) < MOST_MEASURED:
            seconds.append(took)
    if journal.since is None:
        return {}
    data: dict[str, Any] = {"since": journal.since}
    if journal.hub_spoke:
        data |= {"spawns": _spawns(seconds, journal.failed_starts), "culls": journal.culls}
    if journal.watch_spoke:
        data["stops"] = tuple(journal.stops)
    return data | {"incidents": tuple(journal.incidents())}


def _spawns(seconds: array[float], failed: int) -> Spawns:
    if not seconds:
        return Spawns(0, failed)
    sorted_ = sorted(seconds)
    # the nearest rank: a time that a server really took
    median, nearly_all = (sorted_[max(0, -int(-part * len(sorted_) // 1) - 1)] for part in (MEDIAN, NEARLY_ALL))
    return Spawns(len(sorted_), failed, median, nearly_all, sorted_[-1])


def to_json(history: History) -> dict[str, Any]:
    return asdict(history)


def from_json(data: Mapping[str, Any] | None) -> History | None:
    """Read what `to_json` wrote; None if it is missing or has another form."""
    try:
        fields = dict(data or {})
        servers, spawns, stops, incidents = (
            fields.pop(name, None) for name in ("servers", "spawns", "stops", "incidents")
        )
        return History(
            servers=servers and Servers(**servers),
            spawns=spawns and Spawns(**spawns),
            stops=None if stops is None else tuple(Stop(**it) for it in stops),
            incidents=None if incidents is None else tuple(Incident(**it) for it in incidents),
            **fields,
        )
    except (ValueError, TypeError):
        return None
