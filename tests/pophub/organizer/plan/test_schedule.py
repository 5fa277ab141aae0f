"""Windows and rules: right to the minute, also in the nights in which clocks change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from pophub.core.calendar import Window
from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import make_plan
from pophub.organizer.plan.prices import region_prices
from pophub.organizer.plan.schedule import (
    NIGHT,
    Rule,
    budget_starts_on,
    schedule,
    start_checks,
    still_to_come,
    windows,
    workers_rules,
)

MakeEvent = Callable[..., Event]
MINUTE = timedelta(minutes=1)


def _session(first: str, start: str, end: str, last: str | None = None) -> dict[str, str]:
    return {"from": first, "to": last or first, "start": start, "end": end}


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _windows(event: Event) -> list[tuple[str, str]]:
    return [(f"{window.start:%d %H:%M}", f"{window.end:%d %H:%M}") for window in windows(event)]


def _of_sessions(event: Event) -> list[Rule]:
    """Without the stops of nights in which no session is near."""
    return [rule for rule in schedule(event) if not rule.id.startswith("night-")]


def _rules(event: Event) -> list[tuple[str, str]]:
    return [(rule.id, rule.expression) for rule in _of_sessions(event)]


def _nights(event: Event) -> list[str]:
    """In local time."""
    nights = [rule for rule in schedule(event) if rule.id.startswith("night-")]
    assert {rule.action for rule in nights} == {"stop"}
    return [f"{at.astimezone(ZoneInfo(event.timezone)):%m-%d %H:%M}" for rule in nights for at in rule.firings()]


def test_each_day_of_a_session_is_a_window_in_utc(make_event: MakeEvent) -> None:
    event = make_event(sessions=[_session("2027-03-01", "09:00", "17:30", last="2027-03-02")])

    assert windows(event) == (
        Window(_utc("2027-03-01T17:00"), _utc("2027-03-02T01:30")),
        Window(_utc("2027-03-02T17:00"), _utc("2027-03-03T01:30")),
    )


def test_local_hours_stay_when_the_clocks_change(make_event: MakeEvent) -> None:
    event = make_event(sessions=[_session("2027-03-13", "09:00", "12:00", last="2027-03-14")], ends="2027-03-14")

    assert _windows(event) == [("13 17:00", "13 20:00"), ("14 16:00", "14 19:00")]


# Los Angeles skips 02:00 to 03:00 on 14 March 2027 (10:00 UTC) and has 01:00 to 02:00 twice on 7 November (08:00, 09:00 UTC)
CLOCK_CHANGES = {
    "a session across the skipped hour is an hour shorter": ("2027-03-14", "01:00", "04:00", "14 09:00", "14 11:00"),
    "a start in the skipped hour is the earlier reading": ("2027-03-14", "02:30", "04:00", "14 09:30", "14 11:00"),
    "an end in the skipped hour is the later reading": ("2027-03-14", "01:00", "02:30", "14 09:00", "14 10:30"),
    "a session within the skipped hour does not vanish": ("2027-03-14", "02:15", "02:45", "14 09:15", "14 10:45"),
    "a start skipped and an end just after it keep their order": ("2027-03-14", "02:45", "03:05", "14 09:45", "14 10:05"),
    "a session across the doubled hour is an hour longer": ("2027-11-07", "00:30", "03:00", "07 07:30", "07 11:00"),
    "a start in the doubled hour is the first": ("2027-11-07", "01:30", "03:00", "07 08:30", "07 11:00"),
    "an end in the doubled hour is the second": ("2027-11-07", "00:30", "01:30", "07 07:30", "07 09:30"),
    "a session within the doubled hour has both": ("2027-11-07", "01:15", "01:45", "07 08:15", "07 09:45"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOCK_CHANGES)
def test_where_clocks_change(make_event: MakeEvent, name: str) -> None:
    day, start, end, opens, closes = CLOCK_CHANGES[name]

    assert _windows(make_event(sessions=[_session(day, start, end)], ends=day)) == [(opens, closes)]


@pytest.mark.parametrize(
    ("second", "count"),
    [
        (_session("2027-03-01", "11:00", "13:00"), 1),
        (_session("2027-03-01", "10:00", "11:00"), 1),
        (_session("2027-03-01", "12:00", "13:00"), 1),
        (_session("2027-03-01", "12:01", "13:00"), 1),
        (_session("2027-03-01", "12:02", "13:00"), 2),
    ],
    ids=["overlaps", "lies within", "touches", "a minute later", "two minutes later"],
)
def test_what_overlaps_or_touches_is_one_window(make_event: MakeEvent, second: dict[str, str], count: int) -> None:
    event = make_event(sessions=[second, _session("2027-03-01", "09:00", "12:00")])

    assert len(windows(event)) == count


def test_a_night_of_two_sessions_is_one_window(make_event: MakeEvent) -> None:
    event = make_event(sessions=[_session("2027-03-01", "18:00", "23:59"), _session("2027-03-02", "00:00", "03:00")])

    assert _windows(event) == [("02 02:00", "02 11:00")]


def test_the_order_in_the_file_does_not_matter(make_event: MakeEvent) -> None:
    sessions = [_session("2027-03-03", "09:00", "12:00"), _session("2027-03-01", "09:00", "12:00")]

    assert windows(make_event(sessions=sessions)) == windows(make_event(sessions=sessions[::-1]))
    assert schedule(make_event(sessions=sessions)) == schedule(make_event(sessions=sessions[::-1]))


def test_the_example_has_a_start_a_guard_and_a_last_stop(make_event: MakeEvent) -> None:
    zone = "America/Los_Angeles"

    assert _of_sessions(make_event()) == [
        Rule("start-2027-03-0845", "start", "cron(45 8 1-5 3 ? 2027)", zone, "15 minutes before the session at 09:00"),
        Rule("stop-2027-03-0130", "stop", "cron(30 1 2-6 3 ? 2027)", zone, "8 hours after the session's end at 17:30"),
        Rule("last-stop", "stop", "cron(59 23 12 3 ? 2027)", zone, "the event ends on 2027-03-12"),
    ]


def test_each_start_is_looked_after_ten_minutes_later(make_event: MakeEvent) -> None:
    zone, reason = "America/Los_Angeles", "10 minutes after a start, a machine that does not run is told by mail"

    assert start_checks(make_event()) == (Rule("look-2027-03-0855", "look", "cron(55 8 1-5 3 ? 2027)", zone, reason),)


def test_a_rule_is_left_out_when_all_of_its_firings_are_past(make_event: MakeEvent) -> None:
    rules = schedule(make_event())
    during = still_to_come(rules, _utc("2027-03-05 16:45"))

    assert still_to_come(rules, _utc("2026-12-01")) == rules
    # on its last day at 8:45 in California the start has fired; the stop of that night has not
    assert [rule.id for rule in during] == ["stop-2027-03-0130", "night-2027-03-0400", "last-stop"]
    assert still_to_come(rules, _utc("2027-03-14")) == ()


def test_a_budget_s_year_begins_in_the_autumn_of_an_event_in_winter(make_event: MakeEvent) -> None:
    across = make_event(sessions=[_session("2027-12-28", "09:00", "12:00", last="2028-01-08")], ends="2028-01-10")
    soon_after = make_event(sessions=[_session("2028-01-10", "09:00", "12:00")], ends="2028-01-20")

    assert budget_starts_on(across) == date(2027, 10, 1)
    assert budget_starts_on(soon_after) == date(2027, 11, 1)
    assert budget_starts_on(make_event()) is None


def test_a_block_is_split_where_the_month_and_the_year_end(make_event: MakeEvent) -> None:
    event = make_event(sessions=[_session("2026-12-30", "09:00", "12:00", last="2027-01-02")], ends="2027-01-02")

    assert _rules(event) == [
        ("start-2026-12-0845", "cron(45 8 30,31 12 ? 2026)"),
        ("stop-2026-12-2000", "cron(0 20 30,31 12 ? 2026)"),
        ("start-2027-01-0845", "cron(45 8 1,2 1 ? 2027)"),
        ("stop-2027-01-2000", "cron(0 20 1,2 1 ? 2027)"),
        ("last-stop", "cron(59 23 2 1 ? 2027)"),
    ]


def test_a_lead_and_a_guard_across_midnight_shift_the_days(make_event: MakeEvent) -> None:
    event = make_event(sessions=[_session("2027-03-01", "00:10", "21:00", last="2027-03-03")])

    # after the first two days the next start comes before the guard
    assert _rules(event) == [
        ("start-2027-02-2355", "cron(55 23 28 2 ? 2027)"),
        ("start-2027-03-2355", "cron(55 23 1,2 3 ? 2027)"),
        ("stop-2027-03-0500", "cron(0 5 4 3 ? 2027)"),
        ("last-stop", "cron(59 23 12 3 ? 2027)"),
    ]


def test_days_apart_are_listed_and_days_in_a_row_are_a_range(make_event: MakeEvent) -> None:
    sessions = [_session(f"2027-03-{day:02}", "09:00", "12:00") for day in (1, 3, 4, 5)]

    assert [rule.days for rule in _of_sessions(make_event(sessions=sessions))] == ["1,3,4,5", "1,3,4,5", "12"]
    assert [rule.days for rule in _of_sessions(make_event(sessions=sessions[1:]))] == ["3-5", "3-5", "12"]


def test_no_guard_stops_the_hub_before_the_next_session(make_event: MakeEvent) -> None:
    sessions = [_session("2027-03-01", "09:00", "12:00"), _session("2027-03-01", "20:15", "21:00")]

    assert [rule.id for rule in _of_sessions(make_event(sessions=sessions))] == [
        "start-2027-03-0845",
        "start-2027-03-2000",
        "stop-2027-03-0500",
        "last-stop",
    ]


def test_a_guard_that_aws_tries_again_does_not_meet_the_next_start(make_event: MakeEvent) -> None:
    sessions = [_session("2027-03-01", "09:00", "12:00"), _session("2027-03-01", "20:16", "21:00")]

    assert "stop-2027-03-1921" in [rule.id for rule in schedule(make_event(sessions=sessions))]


def test_after_the_last_stop_no_guard_is_needed(make_event: MakeEvent) -> None:
    event = make_event(sessions=[_session("2027-03-12", "18:00", "22:00")])

    assert [rule.id for rule in _of_sessions(event)] == ["start-2027-03-1745", "last-stop"]


def test_a_rule_keeps_its_id_when_another_session_is_added(make_event: MakeEvent) -> None:
    before = _of_sessions(make_event())
    session = _session("2027-03-01", "09:00", "17:30", last="2027-03-05")
    after = _of_sessions(make_event(sessions=[session, _session("2027-03-08", "10:00", "11:00")]))

    assert set(before) < set(after)


# Santiago sets its clocks back at midnight: on 3 April 2027 the hour from 23:00 comes twice
def test_the_last_stop_waits_until_its_time_is_no_longer_doubled(make_event: MakeEvent) -> None:
    event = make_event(
        timezone="America/Santiago", sessions=[_session("2027-04-03", "09:00", "12:00")], ends="2027-04-03"
    )

    assert _rules(event)[-1] == ("last-stop", "cron(0 0 4 4 ? 2027)")


def test_a_start_comes_before_a_doubled_hour_and_a_stop_after_it(make_event: MakeEvent) -> None:
    night = make_event(sessions=[_session("2027-11-07", "01:30", "02:00")], ends="2027-11-08")
    evening = make_event(sessions=[_session("2027-11-06", "14:00", "17:20")], ends="2027-11-08")

    assert _rules(night)[0] == ("start-2027-11-0059", "cron(59 0 7 11 ? 2027)")
    assert _rules(evening)[1] == ("stop-2027-11-0200", "cron(0 2 7 11 ? 2027)")


def _walked(rule: Rule, first: date, last: date) -> tuple[datetime, ...]:
    """Every minute of UTC at which a clock in the rule's zone shows what the expression says."""
    minute, hour, days, month, _, year = rule.expression.removeprefix("cron(").removesuffix(")").split()
    parts = [part.split("-") for part in days.split(",")]
    on_days = [day for part in parts for day in range(int(part[0]), int(part[-1]) + 1)]
    wanted = {f"{year}-{int(month):02}-{day:02} {int(hour):02}:{int(minute):02}" for day in on_days}
    zone = ZoneInfo(rule.timezone)
    start = datetime.combine(first, time(), UTC)
    instants = (start + MINUTE * step for step in range((last - first).days * 24 * 60))
    return tuple(instant for instant in instants if f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" in wanted)


@pytest.mark.parametrize(
    ("zone", "change"), [("America/Los_Angeles", date(2027, 11, 7)), ("Australia/Lord_Howe", date(2027, 10, 3))]
)
def test_firings_are_the_minutes_at_which_the_clock_shows_the_expression(
    make_event: MakeEvent, zone: str, change: date
) -> None:
    first, last = change - timedelta(days=1), change + timedelta(days=1)
    sessions = [_session(str(first), "01:40", "20:30", last=str(last))]
    rules = _of_sessions(make_event(timezone=zone, sessions=sessions, ends=str(last)))

    assert [rule.firings() for rule in rules] == [
        _walked(rule, first - timedelta(days=2), last + timedelta(days=3)) for rule in rules
    ]


def test_each_night_has_a_stop_from_long_before_the_first_session_to_the_end(
    make_event: MakeEvent,
) -> None:
    nights = _nights(make_event())

    assert nights[0] == "12-31 04:00"
    assert nights[-13:] == ["02-28 04:00", *(f"03-{day:02} 04:00" for day in range(1, 13))]
    assert len(nights) == len(set(nights)) == 1 + 31 + 28 + 12


def test_no_night_is_stopped_within_a_session_or_its_guard_or_when_people_are_early(make_event: MakeEvent) -> None:
    late = make_event(sessions=[_session("2027-03-10", "12:00", "20:01")])
    early = make_event(sessions=[_session("2027-03-10", "05:15", "12:00")])
    earlier = make_event(sessions=[_session("2027-03-10", "05:16", "12:00")])
    through = [_session("2027-03-09", "18:00", "23:59"), _session("2027-03-10", "00:00", "06:00")]

    # its own stop comes at 04:01
    assert _nights(late)[-3:] == ["03-09 04:00", "03-10 04:00", "03-12 04:00"]
    assert "03-10 04:00" not in _nights(early)
    assert "03-10 04:00" in _nights(earlier)
    assert "03-10 04:00" not in _nights(make_event(sessions=through))


def test_at_the_nights_hour_no_clock_changes() -> None:
    """As far as anybody knows, for the years to come."""
    noons = [datetime.combine(date(2026, 1, 1) + timedelta(days=day), time(12)) for day in range(5 * 365)]
    for zone in sorted(available_timezones()):
        there = ZoneInfo(zone)
        offsets = [there.utcoffset(noon) for noon in noons]
        for noon in (
            noon for noon, before, after in zip(noons[1:], offsets, offsets[1:], strict=False) if before != after
        ):
            at = datetime.combine(noon.date(), NIGHT, there)
            assert at.utcoffset() == at.replace(fold=1).utcoffset(), (zone, at)
            assert at.astimezone(UTC).astimezone(there).time() == NIGHT, (zone, at)


def test_workers_come_with_the_hub_and_go_at_each_stop(make_event: MakeEvent) -> None:
    event = make_event(workers={"type": "r7i.2xlarge", "warm_minutes": 20})
    plan = make_plan(event, region_prices("us-west-2"), now=_utc("2026-11-20"))
    rules = workers_rules(plan)
    stops = [rule for rule in plan.timetable.rules if rule.action == "stop"]

    assert rules[0] == Rule(
        "grow-start-2027-03-0825",
        "grow",
        "cron(25 8 1-5 3 ? 2027)",
        "America/Los_Angeles",
        "4 workers, ready 20 minutes before the session; none after each stop",
    )
    assert [(rule.action, rule.expression) for rule in rules[1:]] == [("shrink", it.expression) for it in stops]
    assert (
        len({rule.id for rule in (*rules, *plan.timetable.rules, *plan.timetable.start_checks)}) == 2 * len(rules) + 1
    )
    # a check of the start comes ten minutes after it, as always
    assert [rule.expression for rule in plan.timetable.start_checks] == ["cron(35 8 1-5 3 ? 2027)"]


def test_one_machine_has_no_rules_for_workers(make_event: MakeEvent) -> None:
    assert workers_rules(make_plan(make_event(), region_prices("us-west-2"), now=_utc("2026-11-20"))) == ()
