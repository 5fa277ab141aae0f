"""When the hub must run: sessions → time windows in UTC → rules that start and stop the machine. It reads no clock.

On a day when the clocks change, a session gets the longer reading of its hours: if a local hour occurs twice, the
session includes both, and if it is skipped, the session still starts early enough. No rule has a local time that
occurs twice or never. EventBridge Scheduler skips a local time that does not exist, and at a local time that occurs
twice it fires once, but AWS does not say at which of the two
(https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from pophub.core.calendar import LEAD, STOP_AFTER, Window, merged
from pophub.organizer.event.event import Event
from pophub.organizer.event.sections import Session

if TYPE_CHECKING:
    from pophub.organizer.plan.plan import Plan

LAST_STOP = time(23, 59)
# stacks/scheduler.py lets AWS retry a stop for half an hour, and a machine needs some minutes to stop
TRIED_AGAIN = timedelta(minutes=40)
# outside of sessions a running machine is stopped once a night, even before the hub has opened for the first time;
# hardly anybody works at this hour, and no time zone skips or repeats it
NIGHT = time(4)
# a rule of EventBridge needs a list of days, so the nights start here; hardly anybody deploys earlier
FIRST_NIGHTS = timedelta(days=60)
# most events are deployed later than this long before their first session
DEPLOYED_BEFORE = timedelta(days=14)
# for people who come early, or start the machine by hand before a session
EARLY = timedelta(hours=1)
DAY = timedelta(days=1)
# by then a machine that was started has reported its status, and the session has not begun
CHECK_AFTER = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)

# grow and shrink set the number of workers
Action = Literal["start", "stop", "look", "grow", "shrink"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One schedule of EventBridge: one minute of the day, on some days of one month, in the event's time zone."""

    id: str
    action: Action
    expression: str
    timezone: str
    reason: str

    @property
    def days(self) -> str:
        """The days of the month, as `1-5` or `1,3,5`."""
        return self.expression.split()[2]

    def firings(self) -> tuple[datetime, ...]:
        """Every time at which the expression fires, in UTC."""
        minute, hour, _, month, year = self.expression[len("cron(") : -1].replace(" ?", "").split()
        return tuple(
            datetime(int(year), int(month), day, int(hour), int(minute), tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)
            for day in _days_in(self.days)
        )


@dataclass(frozen=True, slots=True)
class _Firing:
    """One start, stop or look, in local time. `kind` is the first part of its rule's name."""

    action: Action
    at: datetime
    reason: str
    kind: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """When people work, and the rules for EventBridge. `budget_starts_on` is None if the event lies within one year.

    The machine starts `lead` before each window.
    """

    windows: tuple[Window, ...]
    rules: tuple[Rule, ...]
    start_checks: tuple[Rule, ...]
    budget_starts_on: date | None
    lead: timedelta = LEAD

    def firings(self, action: Action) -> tuple[datetime, ...]:
        """The times of all firings with this action, in order."""
        return tuple(sorted(at for rule in self.rules if rule.action == action for at in rule.firings()))

    @property
    def hours(self) -> float:
        """The length of all windows together, in hours."""
        return sum((window.end - window.start for window in self.windows), timedelta()) / timedelta(hours=1)


def timetable(event: Event, lead: timedelta = LEAD) -> Timetable:
    """The windows and rules of an event's sessions."""
    return Timetable(windows(event), schedule(event, lead), start_checks(event, lead), budget_starts_on(event), lead)


def windows(event: Event) -> tuple[Window, ...]:
    """When people work, in order; windows that overlap or touch become one."""
    return _windows(event.sessions, event.timezone)


# the cost of each of a hundred machine types asks for them
@lru_cache(maxsize=16)
def _windows(sessions: tuple[Session, ...], timezone: str) -> tuple[Window, ...]:
    zone = ZoneInfo(timezone)
    return merged(_window(day, session, zone) for session in sessions for day in _days_of(session))


def schedule(event: Event, lead: timedelta = LEAD) -> tuple[Rule, ...]:
    """The rules that start the machine before each window, stop it after each window and each night, and finally at the end."""
    zone = ZoneInfo(event.timezone)
    last = _once(datetime.combine(event.ends, LAST_STOP, zone).astimezone(UTC), zone, MINUTE)
    found = windows(event)
    rules = _rules((*_firings(found, zone, last, lead), *_nights(found, last, lead)), event.timezone)
    final = _Firing("stop", last, f"the event ends on {event.ends}", "last")
    return (*rules, _rule("last-stop", [final], event.timezone))


def workers_rules(plan: Plan) -> tuple[Rule, ...]:
    """The rules that give the event its workers at each start of the hub, and take them at each stop.

    A worker is of no use without the hub, and needs a part of the same time to start.
    """
    rules, workers = plan.timetable.rules, plan.workers
    if workers is None:
        return ()
    grow = f"{workers.count} workers, ready {_span(workers.warm)} before the session; none after each stop"
    return tuple(
        replace(rule, id=f"grow-{rule.id}", action="grow", reason=grow)
        if rule.action == "start"
        else replace(rule, id=f"shrink-{rule.id}", action="shrink", reason=f"no workers: {rule.reason}")
        for rule in rules
    )


def start_checks(event: Event, lead: timedelta = LEAD) -> tuple[Rule, ...]:
    """The rules that check whether the machine runs, some minutes after each scheduled start."""
    zone = ZoneInfo(event.timezone)
    starts = [_once(window.start - lead, zone, -MINUTE) for window in windows(event)]
    due = [_once(start.astimezone(UTC) + CHECK_AFTER, zone, MINUTE) for start in starts]
    reason = f"{_span(CHECK_AFTER)} after a start, a machine that does not run is told by mail"
    return tuple(_rules([_Firing("look", at, reason, "look") for at in due], event.timezone))


def still_to_come(rules: Iterable[Rule], now: datetime) -> tuple[Rule, ...]:
    """The rules that still have a firing after `now`."""
    return tuple(rule for rule in rules if rule.firings()[-1] > now)


def budget_starts_on(event: Event) -> date | None:
    """The day from which AWS counts the budget's year. None means 1 January, which is right for an event within one year."""
    first = windows(event)[0].start
    crosses = (first - DEPLOYED_BEFORE).year != event.ends.year
    return (first - FIRST_NIGHTS).date().replace(day=1) if crosses else None


def _firings(found: tuple[Window, ...], zone: ZoneInfo, last: datetime, lead: timedelta) -> Iterator[_Firing]:
    starts = [_once(window.start - lead, zone, -MINUTE) for window in found]
    for window, start, next_start in zip(found, starts, [*starts[1:], last], strict=True):
        opens, closes = window.start.astimezone(zone), window.end.astimezone(zone)
        yield _Firing("start", start, f"{_span(window.start - start)} before the session at {opens:%H:%M}", "start")
        stop = _once(window.end + STOP_AFTER, zone, MINUTE)
        if stop < next_start:
            # a stop that AWS retries, or that is not finished, must not meet the next start
            if next_start is not last:
                stop = min(stop, _once(next_start.astimezone(UTC) - TRIED_AGAIN, zone, -MINUTE))
            reason = f"{_span(stop - window.end)} after the session's end at {closes:%H:%M}"
            yield _Firing("stop", stop, reason, "stop")


def _nights(found: tuple[Window, ...], last: datetime, lead: timedelta) -> Iterator[_Firing]:
    """A stop in each night without a session, from 60 days before the first session until the end."""
    at = datetime.combine((found[0].start - FIRST_NIGHTS).astimezone(last.tzinfo).date(), NIGHT, last.tzinfo)
    while at < last:
        if not any(window.start - lead - EARLY <= at <= window.end + STOP_AFTER for window in found):
            yield _Firing("stop", at, "no session is near, and nothing is left on for a night", "night")
        # adds a day of local time: the hour stays the same when the clocks change
        at += DAY


def _rules(firings: Iterable[_Firing], timezone: str) -> list[Rule]:
    """One rule for all firings of the same kind, month and time of day."""
    groups: dict[str, list[_Firing]] = {}
    for firing in firings:
        groups.setdefault(f"{firing.kind}-{firing.at:%Y-%m-%H%M}", []).append(firing)
    return [_rule(id_, group, timezone) for id_, group in groups.items()]


def _rule(id_: str, firings: list[_Firing], timezone: str) -> Rule:
    first = firings[0]
    days = _day_list(sorted({firing.at.day for firing in firings}))
    expression = f"cron({first.at.minute} {first.at.hour} {days} {first.at.month} ? {first.at.year})"
    return Rule(id_, first.action, expression, timezone, first.reason)


def _window(day: date, session: Session, zone: ZoneInfo) -> Window:
    starts = [_utc(datetime.combine(day, session.start, zone).replace(fold=fold)) for fold in (0, 1)]
    ends = [_utc(datetime.combine(day, session.end, zone).replace(fold=fold)) for fold in (0, 1)]
    return Window(min(starts), max(ends))


def _days_of(session: Session) -> Iterator[date]:
    return (session.first + timedelta(days=day) for day in range((session.last - session.first).days + 1))


def _once(instant: datetime, zone: ZoneInfo, step: timedelta) -> datetime:
    """The time in the local zone, moved by `step` until its local time occurs exactly once."""
    while (local := instant.astimezone(zone)).utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        instant += step
    return local


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _day_list(days: list[int]) -> str:
    """`1-5` for consecutive days, `1,3,5` for others; never a mixture, because no AWS document shows one."""
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{days[0]}-{days[-1]}"
    return ",".join(map(str, days))


def _days_in(text: str) -> list[int]:
    first, dash, last = text.partition("-")
    return list(range(int(first), int(last) + 1)) if dash else [int(day) for day in text.split(",")]


def _span(length: timedelta) -> str:
    minutes = length // MINUTE
    return f"{minutes} minutes" if minutes % 60 else f"{minutes // 60} hours"
