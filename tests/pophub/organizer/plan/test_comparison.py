"""One machine beside several: which costs less, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from pophub.organizer.event.event import Event
from pophub.organizer.plan.comparison import Comparison, difference
from pophub.organizer.plan.plan import Plan, make_plan
from pophub.organizer.plan.prices import region_prices

MakeEvent = Callable[..., Event]
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def _plan(make_event: MakeEvent, people: int, gib: int = 4, **changes: Any) -> Plan:
    event = make_event(participants=people, server={"memory_gib": gib}, **changes)
    return make_plan(event, region_prices("us-west-2"), now=NOW)


def _compared(plan: Plan) -> Comparison:
    assert plan.comparison is not None
    return plan.comparison


def _more(found: Comparison) -> list[int | None]:
    """Percent more than one machine: on demand, on spot."""
    assert found.several is not None
    return [None if (more := found.more(it)) is None else round(100 * more) for it in found.several]


# with half the time until an open tab is culled and random people it was +4 and -51, -10 and -61, -28 and -70, -39 and -73 %
@pytest.mark.parametrize(
    ("people", "on_demand", "spot"), [(60, 10, -49), (180, -6, -60), (300, -23, -68), (500, -38, -74)]
)
def test_the_more_people_the_more_several_machines_save(
    make_event: MakeEvent, people: int, on_demand: int, spot: int
) -> None:
    assert _more(_compared(_plan(make_event, people))) == [on_demand, spot]


def test_500_people_cost_at_most_what_was_promised(make_event: MakeEvent) -> None:
    [on_demand, spot] = _more(_compared(_plan(make_event, 500)))

    assert on_demand is not None
    assert spot is not None
    assert (on_demand <= -35, spot <= -70) == (True, True)


@pytest.mark.parametrize(
    ("people", "gib", "advice"),
    [
        (60, 4, "one machine suits it: workers on demand cost 10% more, and bring risks of their own"),
        (180, 4, "one machine suits it: workers on demand cost 6% less, and bring risks of their own"),
        (500, 4, "several machines suit it: workers on demand cost 38% less"),
        (1000, 4, "several machines: no single one holds everybody at once"),
    ],
)
def test_the_advice_says_which_and_why(make_event: MakeEvent, people: int, gib: int, advice: str) -> None:
    assert _compared(_plan(make_event, people, gib)).advice == advice


def test_the_event_files_own_machines_are_compared_and_the_other_way_is_free_to_choose(make_event: MakeEvent) -> None:
    named = {"host": {"instance_type": "m7i.8xlarge"}}
    one = _compared(_plan(make_event, 20, **named))
    several = _compared(_plan(make_event, 20, workers={"type": "r7i.2xlarge"}, **named))

    assert one.one is not None
    assert one.several is not None
    assert several.one is not None
    assert several.several is not None
    assert (one.one.machine.name, one.several[0].machine.name) == ("m7i.8xlarge", "c7i.xlarge")
    assert (several.one.machine.name, several.several[0].machine.name) == ("r6i.4xlarge", "m7i.8xlarge")
    assert [it.workers and it.workers.machine.name for it in several.several] == ["r7i.2xlarge"] * 2


def test_people_who_are_accounts_of_the_machine_have_one(make_event: MakeEvent) -> None:
    found = _compared(_plan(make_event, 60, login={"system": {}}))

    assert (found.several, found.advice) == (None, "one machine: people are Unix accounts of its machine")


def test_without_a_price_there_is_no_comparison(make_event: MakeEvent) -> None:
    assert _plan(make_event, 60, host={"instance_type": "m9i.large"}).comparison is None


@pytest.mark.parametrize(("more", "words"), [("0.031", "3% more"), ("-0.5", "50% less")])
def test_a_share_as_words(more: str, words: str) -> None:
    assert difference(Decimal(more)) == words
