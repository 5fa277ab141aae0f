"""When the number of workers is set: the warm number before each session, and none when the machine stops. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pophub.organizer.plan.schedule import Rule, Timetable


def workers_rules(times: Timetable, timezone: str, warm: timedelta) -> tuple[Rule, ...]:
    """A rule `warm` before each start of the machine, and one beside each of its stops."""
    return (*_warm(times, ZoneInfo(timezone), warm), *_zero(times))


def _warm(times: Timetable, zone: ZoneInfo, warm: timedelta) -> Iterator[Rule]:
    days: dict[str, list[datetime]] = defaultdict(list)
    for start in times.firings("start"):
        at = (start - warm).astimezone(zone)
        days[f"{at:%Y-%m-%H%M}"].append(at)
    for id_, found in days.items():
        at, of_month = found[0], ",".join(str(each.day) for each in found)
        expression = f"cron({at.minute} {at.hour} {of_month} {at.month} ? {at.year})"
        reason = f"workers are ready {warm // timedelta(minutes=1)} minutes before the session"
        yield Rule(f"warm-{id_}", "warm", expression, str(zone), reason)


def _zero(times: Timetable) -> Iterator[Rule]:
    for rule in times.rules:
        if rule.action == "stop":
            yield Rule(f"zero-{rule.id}", "zero", rule.expression, rule.timezone, f"no worker is left: {rule.reason}")
