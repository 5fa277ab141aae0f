"""When a rehearsal may not begin, each reason alone, and that what is not known is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pophub.core.calendar import Window
from pophub.hub.rehearsal.objections import Situation, Wanted, objections, somebody_came

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUIET = Situation(
    now=NOW,
    timezone="Europe/Berlin",
    at_work=(),
    sessions=(Window(NOW + 3 * HOUR, NOW + 9 * HOUR),),
    stops=(NOW + 20 * HOUR,),
    spent_usd=Decimal(99),
    budget_usd=Decimal(100),
    usd_an_hour=Decimal(2),
)
WANTED = Wanted(people=60, minutes=30)
ON = (Window(NOW - HOUR, NOW + HOUR),)
SOON = (Window(NOW + timedelta(minutes=89), NOW + 3 * HOUR),)
LATER = (Window(NOW + timedelta(minutes=91), NOW + 3 * HOUR),)
OVER = (Window(NOW - HOUR, NOW),)


def test_on_a_quiet_day_there_is_none() -> None:
    assert objections(WANTED, QUIET) == ()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"at_work": ("ada", "grace")}, "people work on the hub: ada, grace"),
        ({"at_work": tuple("abcdefg")}, "people work on the hub: a, b, c, d, e and 2 more"),
        ({"at_work": None}, "whether somebody works is not known"),
        ({"sessions": ON}, "a session is on until 10:00 on 01 March"),
        (
            {"sessions": SOON},
            "a session starts at 10:29 on 01 March, and the rehearsal may take until 09:30 on 01 March",
        ),
        ({"stops": (NOW + HOUR / 2,)}, "the schedule stops the hub at 09:30 on 01 March"),
        ({"spent_usd": None}, "what the event has cost so far is not known"),
        ({"usd_an_hour": None}, "what the event has cost so far is not known"),
        ({"spent_usd": Decimal("99.01")}, "it may cost 1.00 USD, and 99.01 of the budget of 100 USD are spent"),
        ({"closed": None}, "whether the hub is closed is not known"),
        ({"closed": True}, "the hub is closed for its last archive"),
        ({"stop_at": "18:05"}, "a stop of the hub is announced for 18:05"),
        ({"accounts": True}, "people are Unix accounts of this machine"),
    ],
    ids=str,
)
def test_each_reason_alone_is_enough(change: dict[str, Any], why: str) -> None:
    (found,) = objections(WANTED, replace(QUIET, **change))

    assert found.startswith(why)


@pytest.mark.parametrize("sessions", [LATER, OVER, ()])
def test_a_session_that_is_far_away_is_none(sessions: tuple[Window, ...]) -> None:
    assert objections(WANTED, replace(QUIET, sessions=sessions)) == ()


@pytest.mark.parametrize("sessions", [ON, SOON])
def test_near_a_session_only_who_says_so_rehearses(sessions: tuple[Window, ...]) -> None:
    told = replace(WANTED, near_session=True)

    assert objections(told, replace(QUIET, sessions=sessions)) == ()
    assert objections(told, replace(QUIET, sessions=sessions, at_work=("ada",))) == ("people work on the hub: ada",)


def test_only_somebody_real_ends_one_that_has_begun() -> None:
    assert [somebody_came(it) for it in (None, (), ("ada",))] == ["", "", "somebody came to work: ada"]
