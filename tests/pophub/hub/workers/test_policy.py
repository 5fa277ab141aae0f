"""The workers' policy: its way from the event to the hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from lab.plans import plan_of
from pophub.hub.workers.policy import Policy
from pophub.organizer.deploy.watch_settings import watch_settings
from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import make_plan
from pophub.organizer.plan.prices import region_prices


def _settings(event: Event) -> dict[str, object]:
    plan = plan_of(event)
    return watch_settings(plan)


def test_an_events_policy_comes_as_it_was_planned(make_event: Callable[..., Event]) -> None:
    event = make_event(participants=100, workers={"type": "r7i.2xlarge", "spot": True, "warm_minutes": 20})
    told = json.loads(json.dumps(_settings(event)))
    policy = Policy.from_json(told)

    assert (policy.count, policy.most, policy.spot, policy.market) == (7, 8, True, "spot")
    assert policy.warm == timedelta(minutes=20)
    assert policy.prices["r7i.2xlarge"] == Decimal("0.4") * _price(event, "r7i.2xlarge")
    assert len(policy.sessions) == len(plan_of(event).timetable.windows)


def test_the_slots_reserve_what_the_system_leaves(make_event: Callable[..., Event]) -> None:
    event = make_event(participants=100, workers={"type": "r7i.2xlarge"})
    policy = Policy.from_json(_settings(event))

    assert policy.slot_gib >= event.server.largest_memory_gib
    assert Decimal(60) < policy.slots * policy.slot_gib <= 64 * Decimal("0.97") - Decimal("0.5")


def test_an_event_of_one_machine_has_no_policy_of_workers(make_event: Callable[..., Event]) -> None:
    assert "workers" not in _settings(make_event())
    with pytest.raises(KeyError):
        Policy.from_json(_settings(make_event()))


def _price(event: Event, name: str) -> Decimal:
    plan = make_plan(event, region_prices(event.region), now=plan_of(event).timetable.windows[0].start)
    return plan.prices.machine(name).usd_per_hour
