"""Which workers an event gets: enough for everybody, each of a size that ends early in the evening."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.sections import Workers
from pophub.organizer.event.server import Server
from pophub.organizer.paths import EXAMPLE_EVENT
from pophub.organizer.plan.prices import region_prices
from pophub.organizer.plan.workers import FEWEST_SEATS, MOST_SEATS, WorkerPlan, plan_workers


def _workers(wanted: Workers | None, *, participants: int = 500, memory_gib: str = "4") -> WorkerPlan | None:
    event = load_event(EXAMPLE_EVENT)
    server = Server(image=event.server.image, memory_gib=Decimal(memory_gib), cpus=Decimal(2))
    changed = event.model_copy(update={"workers": wanted, "participants": participants, "server": server})
    return plan_workers(changed, region_prices("us-west-2"))


def test_an_event_without_the_key_has_one_machine() -> None:
    assert _workers(None) is None


def test_the_workers_hold_everybody_and_the_group_may_grow_by_one() -> None:
    plan = _workers(Workers())
    assert plan is not None
    assert FEWEST_SEATS <= plan.seats <= MOST_SEATS
    assert (plan.count - 1) * plan.seats < 500 <= plan.count * plan.seats
    assert plan.most == plan.count + 1


def test_the_other_types_of_the_group_have_the_same_memory() -> None:
    plan = _workers(Workers())
    assert plan is not None
    assert len(plan.types) == 3
    assert {it.memory_gib for it in plan.types} == {plan.machine.memory_gib}


def test_a_named_type_and_a_named_number_are_taken() -> None:
    plan = _workers(Workers(type="r7i.xlarge", most=80))
    assert plan is not None
    assert (plan.machine.name, plan.seats, plan.count, plan.most) == ("r7i.xlarge", 7, 72, 80)


def test_a_type_that_holds_nobody_is_refused() -> None:
    with pytest.raises(PophubError, match="holds no server of 64 GiB"):
        _workers(Workers(type="m7i.large"), memory_gib="64")
