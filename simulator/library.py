"""The traces to replay: a table of events with people from simulator/habits.py, and some days written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from importlib.resources import files
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from pophub.organizer.deploy.watch_settings import policy_of
from pophub.organizer.event import lined_yaml
from pophub.organizer.event.event import Event
from pophub.organizer.event.sections import Workers
from pophub.organizer.plan.plan import Plan, make_plan
from pophub.organizer.plan.prices import region_prices
from simulator.habits import Habits, visits
from simulator.trace import Job, Stretch, Trace, Visit

GENERATED, MANY = "generated.yaml", "many.yaml"
# the settings of every event in the library, unless it has its own
COMMON: dict[str, Any] = {
    "region": "us-west-2",
    "timezone": "America/Los_Angeles",
    "domain": "hub.example.org",
    "zone": "example.org",
    "budget_usd": 100_000,
    "login": {"github": {"allow": ["example"]}},
    "server": {"image": "quay.io/jupyter/scipy-notebook:2026-10-06"},
}


def library() -> tuple[Trace, ...]:
    """Every trace, the generated ones first; always the same."""
    return (*generated(), *written())


def many() -> Iterator[tuple[Trace, Plan]]:
    """The events of many people: each on one machine, and its plan with workers."""
    for trace in generated(MANY):
        yield trace, _plan(trace.event.model_copy(update={"workers": Workers()}))


def generated(table: str = GENERATED) -> Iterator[Trace]:
    """The events of a table, with people generated from their habits."""
    for seed, (name, described) in enumerate(_read(table).items(), start=1):
        habits = Habits(**{key: _figures(value) for key, value in described.pop("habits", {}).items()})
        event = _event(name, described)
        users = tuple(f"u{number:03}" for number in range(event.participants))
        trace = _trace(event, users)
        days = groupby(trace.policy.sessions, key=lambda it: _day(it.start, event))
        spans: list[tuple[Stretch, ...]] = [
            tuple((trace.minute_of(it.start), trace.minute_of(it.end)) for it in day) for _, day in days
        ]
        yield _with(trace, visits(users, tuple(spans), habits, seed))


def written() -> Iterator[Trace]:
    """The days written by hand, one file each."""
    names = sorted(it.name for it in files(__package__).joinpath("traces").iterdir() if it.name.endswith(".yaml"))
    for name in names:
        if name not in (GENERATED, MANY):
            described = _read(name)
            event = _event(name.removesuffix(".yaml").replace("_", "-"), described["event"])
            trace = _trace(event, tuple(dict.fromkeys(it["user"] for it in described["visits"])))
            keeps = tuple((_minute(said, trace), _minute(until, trace)) for said, until in described.get("keeps", []))
            yield _with(trace, tuple(_visit(it, trace) for it in described["visits"]), keeps)


def _event(name: str, described: dict[str, Any]) -> Event:
    return Event.model_validate({**COMMON, "title": name, **described, "name": name})


def _trace(event: Event, roster: tuple[str, ...]) -> Trace:
    plan = _plan(event)
    return Trace(event, policy_of(plan), plan.prices.tariff, plan.instance_type, roster, ())


def _plan(event: Event) -> Plan:
    return make_plan(event, region_prices(event.region), now=datetime.combine(event.sessions[0].first, time(), UTC))


def _with(trace: Trace, found: tuple[Visit, ...], keeps: tuple[tuple[int, int], ...] = ()) -> Trace:
    within = tuple(visit for visit in found if visit.arrive >= 0 and visit.leave < trace.minutes)
    return Trace(trace.event, trace.policy, trace.tariff, trace.instance_type, trace.roster, within, keeps)


def _visit(described: dict[str, Any], trace: Trace) -> Visit:
    """`works` are stretches of work; the visit lasts from the first to the last, with pauses between them."""
    works = tuple((_minute(first, trace), _minute(last, trace)) for first, last in described["works"])
    jobs = tuple(Job(_minute(start, trace), minutes) for start, minutes in described.get("jobs", []))
    return Visit(described["user"], works[0][0], works[-1][1], works, jobs, described.get("logs_out", False))


def _minute(text: str, trace: Trace) -> int:
    return trace.minute_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(trace.event.timezone)))


def _day(moment: datetime, event: Event) -> date:
    return moment.astimezone(ZoneInfo(event.timezone)).date()


def _figures(value: Any) -> Any:
    return tuple(map(float, value)) if isinstance(value, list) else float(value)


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = lined_yaml.read(files(__package__).joinpath("traces", name).read_bytes()).data
    return found
