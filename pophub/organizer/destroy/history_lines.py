"""What happened on a hub, as lines of the page about the event; "not known" for everything that was not recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from pophub.hub.archive.history import History, Servers, Spawns
from pophub.hub.archive.journal import MOST_STOPS, Incident

GIB = 2**30
NOT_KNOWN = "not known"


def facts(history: History) -> Iterator[tuple[str, str]]:
    """The names and the figures."""
    yield "servers", _servers(history.servers)
    yield "time to start", _spawns(history.spawns)
    culls = history.culls
    yield (
        "stopped because nobody used them",
        NOT_KNOWN if culls is None else f"{culls:,} server{'s' * (culls != 1)}",
    )
    yield "the home volume", _disk(history)


def _servers(servers: Servers | None) -> str:
    if servers is None:
        return NOT_KNOWN
    return f"{servers.starts:,} starts by {servers.people} people, {servers.stops:,} stops that the hub has noted"


def _spawns(spawns: Spawns | None) -> str:
    if spawns is None:
        return NOT_KNOWN
    failed = f"; {spawns.failed:,} did not start" if spawns.failed else ""
    if spawns.median is None:
        return f"none was started{failed}"
    return (
        f"median {spawns.median:.1f} s, 95 % within {spawns.nearly_all:.1f} s, the slowest {spawns.slowest:.1f} s, "
        f"of {spawns.count:,}{failed}"
    )


def _disk(history: History) -> str:
    if history.disk is None or history.disk_used is None:
        return NOT_KNOWN
    return f"{history.disk_used / GIB:.1f} of {history.disk / GIB:.1f} GiB used"


def sections(history: History, zone: tzinfo) -> Iterator[str]:
    """Starts by day, cost-watch's stops with their reasons, and incidents."""
    yield "\n## Starts of servers by day\n"
    yield from _days(history.servers)
    yield "\n## Why the watch stopped the machine\n"
    yield from _stops(history, zone)
    since = f", since {_clock(history.since, zone)}" if history.since else ""
    yield f"\n## Incidents{since}\n"
    yield from _incidents(history.incidents, zone)


def _days(servers: Servers | None) -> Iterator[str]:
    if servers is None or not servers.by_day:
        yield NOT_KNOWN if servers is None else "none"
        return
    yield "| day | starts |"
    yield "| --- | ---: |"
    yield from (f"| {day} | {starts:,} |" for day, starts in servers.by_day.items())


def _stops(history: History, zone: tzinfo) -> Iterator[str]:
    stops = history.stops
    if not stops:
        yield (
            NOT_KNOWN if stops is None else "It did not; what else stopped it was the schedule, the budget or somebody."
        )
        return
    yield from (f"- {_clock(stop.at, zone)}: {stop.reason}" for stop in stops)
    if len(stops) >= MOST_STOPS:
        yield "- and perhaps more"


def _incidents(incidents: tuple[Incident, ...] | None, zone: tzinfo) -> Iterator[str]:
    if not incidents:
        yield NOT_KNOWN if incidents is None else "none"
        return
    for it in incidents:
        last = f" to {_clock(it.last, zone)}" if it.count > 1 else ""
        times = f", {it.count:,} times" if it.count > 1 else ""
        yield f"- {it.what}{times} ({_clock(it.first, zone)}{last})"


def _clock(moment: str, zone: tzinfo) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M}"
