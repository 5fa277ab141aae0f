"""Windows and rules for sessions that nobody thought of, in zones whose clocks change in every way there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.calendar import LEAD, STOP_AFTER, Window
from pophub.organizer.event.event import Event
from pophub.organizer.plan.schedule import EARLY, schedule, windows

MakeEvent = Callable[..., Event]
MINUTE = timedelta(minutes=1)
# two hemispheres, a shift of half an hour, one around Ramadan, clocks that change at midnight, and none
ZONES = ["America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "UTC"]


_days = st.dates(date(2027, 1, 1), date(2027, 12, 31)) | st.sampled_from(
    [
        date(2027, 3, 13),
        date(2027, 11, 6),
        date(2027, 3, 27),
        date(2027, 10, 30),
        date(2027, 4, 3),
        date(2027, 10, 2),
        date(2027, 2, 6),
    ]
)
_clocks = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda hm: time(*hm))


@st.composite
def _sessions(draw: st.DrawFn) -> list[dict[str, str]]:
    first = draw(_days)
    result = []
    for _ in range(draw(st.integers(1, 4))):
        day = first + timedelta(days=draw(st.integers(0, 5)))
        start, end = sorted(draw(st.lists(_clocks, min_size=2, max_size=2, unique=True)))
        last = day + timedelta(days=draw(st.integers(0, 4)))
        result.append({"from": str(day), "to": str(last), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"})
    return result


def _occurrences(instant: datetime, zone: ZoneInfo) -> int:
    local = instant.astimezone(zone).replace(tzinfo=None)
    return sum(
        (instant + timedelta(minutes=shift)).astimezone(zone).replace(tzinfo=None) == local
        for shift in range(-180, 181, 15)
    )


def _expected(
    window: Window, following: Window | None, zone: ZoneInfo, last: datetime
) -> tuple[datetime, datetime | None]:
    """When a window's start and stop must fire, told another way: minute by minute away from doubled times."""
    start, stop = window.start - LEAD, window.end + STOP_AFTER
    while _occurrences(start, zone) > 1:
        start -= MINUTE
    while _occurrences(stop, zone) > 1:
        stop += MINUTE
    before = last if following is None else _expected(following, None, zone, last)[0]
    if stop >= before:
        return start, None
    if following is not None:
        stop = min(stop, before - timedelta(minutes=40))
        while _occurrences(stop, zone) > 1:
            stop -= MINUTE
    return start, stop


@settings(max_examples=150, deadline=None)
@given(sessions=_sessions(), zone=st.sampled_from(ZONES), more=st.integers(0, 3))
def test_the_rules_fire_for_every_window_and_for_nothing_else(
    make_event: MakeEvent, sessions: list[dict[str, str]], zone: str, more: int
) -> None:
    ends = date.fromisoformat(max(session["to"] for session in sessions)) + timedelta(days=more)
    event = make_event(timezone=zone, sessions=sessions, ends=str(ends))
    *every, last_stop = schedule(event)
    rules = [rule for rule in every if not rule.id.startswith("night-")]
    [last] = last_stop.firings()
    found = windows(event)
    expected = [
        _expected(window, following, ZoneInfo(zone), last)
        for window, following in zip(found, [*found[1:], None], strict=True)
    ]
    fired = {
        action: sorted(at for rule in rules for at in rule.firings() if rule.action == action)
        for action in ("start", "stop")
    }

    assert fired == {"start": [start for start, _ in expected], "stop": [stop for _, stop in expected if stop]}
    assert {_occurrences(at, ZoneInfo(zone)) for times in [*fired.values(), [last]] for at in times} == {1}
    assert len({rule.id for rule in every}) == len(every)
    nights = [at for rule in every if rule not in rules for at in rule.firings()]
    assert {_occurrences(at, ZoneInfo(zone)) for at in nights} == {1}
    assert not [at for at in nights for it in found if it.start - LEAD <= at < it.end + STOP_AFTER]
    # whatever runs, and is no session's, is off within a day
    for before, after in pairwise(sorted([*nights, *fired["stop"], last])):
        assert after - before <= timedelta(hours=25) or [
            it for it in found if before < it.end + STOP_AFTER and it.start - LEAD - EARLY <= after
        ]
    assert not any(window.start <= stop < window.end for stop in [*fired["stop"], last] for window in found)
    assert last >= found[-1].end


@settings(max_examples=100, deadline=None)
@given(sessions=_sessions(), zone=st.sampled_from(ZONES))
def test_windows_are_in_order_apart_and_never_shorter_than_the_session(
    make_event: MakeEvent, sessions: list[dict[str, str]], zone: str
) -> None:
    ends = max(session["to"] for session in sessions)
    found = windows(make_event(timezone=zone, sessions=sessions, ends=ends))

    assert all(window.start < window.end for window in found)
    assert all(earlier.end + MINUTE < later.start for earlier, later in pairwise(found))
    assert all(window.start.tzinfo is UTC and window.end.tzinfo is UTC for window in found)
    for session in sessions:
        opens = (
            datetime.fromisoformat(f"{session['from']}T{session['start']}")
            .replace(tzinfo=ZoneInfo(zone))
            .astimezone(UTC)
        )
        assert any(window.start <= opens <= window.end for window in found)
