"""What follows from an event: everything in one place, and a warning for what an organizer may have overlooked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.plan import prices
from pophub.organizer.plan.plan import Plan, make_plan, plan_elsewhere, sign_in
from pophub.organizer.plan.prices import region_prices
from pophub.organizer.plan.schedule import timetable
from pophub.organizer.plan.sizing import size

MakeEvent = Callable[..., Event]
TODAY = date(2026, 11, 20)


def plan(event: Event, *, today: date, at_once: bool = False) -> Plan:
    now = datetime.combine(today, time(12), UTC)
    return make_plan(event, region_prices(event.region), now=now, at_once=at_once)


def test_a_plan_has_everything_that_follows_from_an_event(make_event: MakeEvent) -> None:
    event = make_event()
    found = plan(event, today=TODAY)

    assert (found.sizing, found.timetable) == (size(event, region_prices(event.region)), timetable(event))
    assert (found.prices.as_of, found.timetable.hours, found.warnings) == (prices.AS_OF, 42.5, ())


def test_who_may_sign_in_and_who_helps_is_a_sentence(make_event: MakeEvent) -> None:
    github: dict[str, Any] = {"allow": ["a"]}
    alone, helped = (sign_in(make_event(login={"github": github | {"admins": it}})) for it in ([], ["x", "y"]))

    assert (alone, helped) == (
        "GitHub accounts that are members of a",
        "GitHub accounts that are members of a; helpers: x and y",
    )


def test_an_event_that_no_machine_holds_gets_workers(make_event: MakeEvent) -> None:
    found = plan(make_event(participants=1000, server={"home_gib": 1}), today=TODAY)

    assert found.workers is not None
    assert (found.workers.count, found.workers.spot, found.instance_type) == (67, False, "c7i.2xlarge")
    assert found.event.workers is None


def test_an_event_that_one_machine_holds_gets_workers_only_if_it_asks_for_them(make_event: MakeEvent) -> None:
    server = {"home_gib": 1}

    assert plan(make_event(participants=500, server=server), today=TODAY).workers is None
    assert plan(make_event(participants=20, workers={}), today=TODAY).workers is not None


def test_people_with_accounts_on_the_machine_cannot_have_workers(make_event: MakeEvent) -> None:
    event = make_event(participants=1000, server={"home_gib": 1}, login={"system": {}})

    with pytest.raises(PophubError, match="no x86_64 machine of us-west-2 has"):
        plan(event, today=TODAY)


def test_a_server_of_ones_own_holds_everybody_alone(make_event: MakeEvent) -> None:
    event = make_event(participants=1000, server={"home_gib": 1})
    found = plan_elsewhere(event, region_prices("us-west-2"), now=datetime.combine(TODAY, time(12), UTC))

    assert (found.workers, found.instance_type) == (None, "")


def test_what_the_event_file_says_of_workers_is_wrong_elsewhere_too(make_event: MakeEvent) -> None:
    event = make_event(workers={"type": "t3.large"})

    with pytest.raises(PophubError, match="burstable"):
        plan_elsewhere(event, region_prices("us-west-2"), now=datetime.combine(TODAY, time(12), UTC))


def test_hub_and_workers_start_together(make_event: MakeEvent) -> None:
    """A worker is of no use without its hub, and cost-watch must not stop a hub that waits for its session."""
    event = make_event(workers={"warm_minutes": 30}, idle={"hub_minutes": 15})
    found = plan(event, today=TODAY)
    first = found.timetable.firings("start")[0]

    assert found.workers is not None
    assert (found.timetable.lead, found.timetable.windows[0].start - first) == (
        found.workers.lead,
        timedelta(minutes=45),
    )
    # an idle stop would come at minute 15; it is not worth it if a session comes within the idle time and LEAD
    assert first + timedelta(minutes=15) >= found.timetable.windows[0].start - timedelta(minutes=15 + 15)


def test_places_and_servers_started_before_a_session_count_all_workers(make_event: MakeEvent) -> None:
    found = plan(make_event(workers={"type": "r7i.2xlarge"}), today=TODAY)

    assert found.slots == 60
    assert "4 r7i.2xlarge hold 60 that use all of their 4 GiB" in found.server_limit_reason
    assert "4 r7i.2xlarge hold 60 servers of 4 GiB at once, for 60 people" in found.prestart_reason


def test_no_machine_is_the_organizers_to_fix(make_event: MakeEvent) -> None:
    with pytest.raises(PophubError):
        plan(make_event(region="sa-east-1"), today=TODAY)
