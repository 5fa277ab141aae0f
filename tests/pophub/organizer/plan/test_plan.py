"""What follows from an event: everything in one place, and a warning for what an organizer may have overlooked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.plan import prices
from pophub.organizer.plan.plan import Plan, make_plan, sign_in
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


WARNINGS: dict[str, tuple[dict[str, Any], str]] = {
    "nobody to write to": (
        {"contact": []},
        "`contact` is empty: nobody gets a mail when the budget runs out or the hub does not start",
    ),
    "no helpers": (
        {"login": {"github": {"allow": ["geohackweek"]}}},
        "`login.github.admins` is empty: nobody can help a participant in the hub",
    ),
    "a password that spreads": (
        {"login": {"shared_password": {"admins": ["ada"]}}},
        "anyone with the shared password can sign in: change it if it leaks",
    ),
    "a certificate for tries": (
        {"tls": {"mode": "staging"}},
        "`tls.mode: staging` gives a certificate that browsers warn of",
    ),
    "no encryption": ({"tls": {"mode": "none"}}, "`tls.mode: none` sends passwords in the clear: for the lab only"),
    "a machine of unknown price": (
        {"host": {"instance_type": "m9i.large"}},
        "the price table of 2026-10-01 has no m9i.large in us-west-2: what it costs and whether it is big enough is not known",
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_may_have_been_overlooked_is_a_warning(make_event: MakeEvent, name: str) -> None:
    changes, warning = WARNINGS[name]

    assert plan(make_event(**changes), today=TODAY).warnings == (warning,)


def test_a_budget_that_new_year_may_divide_is_a_warning(make_event: MakeEvent) -> None:
    told = "from the deployment on 2026-12-15 to `ends` on 2027-03-12 the year changes: AWS may count the budget anew from "
    found = plan(make_event(), today=date(2026, 12, 15), at_once=True)

    assert [warning.startswith(told) for warning in found.warnings] == [True]
    # by its assumptions the event is deployed in February
    assert plan(make_event(), today=TODAY).warnings == ()
    late = plan(make_event(), today=date(2027, 1, 1), at_once=True)
    assert not [warning for warning in late.warnings if "budget" in warning]


def test_a_price_table_is_old_after_ninety_days(make_event: MakeEvent) -> None:
    days = [prices.AS_OF + timedelta(days=age) for age in (90, 91)]

    assert [plan(make_event(), today=day).warnings for day in days] == [
        (),
        (
            f"the price table is 91 days old, of {prices.AS_OF}: `pophub prices` asks AWS for today's",
            f"prices of addresses, snapshots, archive and zone are 91 days old, of {prices.OTHERS_AS_OF}: "
            "see pophub/organizer/plan/data",
        ),
    ]


def test_who_may_sign_in_and_who_helps_is_a_sentence(make_event: MakeEvent) -> None:
    github: dict[str, Any] = {"allow": ["a"]}
    alone, helped = (sign_in(make_event(login={"github": github | {"admins": it}})) for it in ([], ["x", "y"]))

    assert (alone, helped) == (
        "GitHub accounts that are members of a",
        "GitHub accounts that are members of a; helpers: x and y",
    )


def test_no_machine_is_the_organizers_to_fix(make_event: MakeEvent) -> None:
    with pytest.raises(PophubError):
        plan(make_event(region="sa-east-1"), today=TODAY)
