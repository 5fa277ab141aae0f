"""What the tests of the watch share: policies of events, and facts of a hub on which nothing is going on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lab.plans import plan_of
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.metered import Meter
from pophub.hub.watch.policy import Policy
from pophub.organizer.deploy.watch_settings import meter_of, policy_of
from pophub.organizer.event.event import Event
from tests.pophub.hub.watch.evening import Evening

# the example's first day: a session from 17:00 to 01:30 UTC, started by the schedule at 16:45, stopped by it at 09:30
BOOTED = datetime(2027, 3, 1, 16, 47, tzinfo=UTC)


@pytest.fixture(scope="session")
def make_policy(make_event: Callable[..., Event]) -> Callable[..., Policy]:
    """The policy of the example event with some of the event's keys set otherwise."""

    def make(**changes: Any) -> Policy:
        return policy_of(plan_of(make_event(**changes)))

    return make


@pytest.fixture
def policy(make_policy: Callable[..., Policy]) -> Policy:
    """The policy of the example event."""
    return make_policy()


@pytest.fixture
def meter(make_event: Callable[..., Event]) -> Meter:
    """The meter of the example event."""
    return meter_of(plan_of(make_event()))


@pytest.fixture
def make_facts() -> Callable[..., Facts]:
    """A hub that answers, on which nobody ever worked, an hour after the first session; with some facts otherwise."""
    quiet = Facts(
        now=BOOTED + timedelta(hours=9),
        booted=BOOTED,
        last_decision=BOOTED + timedelta(hours=9) - timedelta(minutes=1),
        answering=True,
        silent_since=None,
        servers=(),
        last_activity=BOOTED,
        keeps=(),
        started_by_hand=(),
        announced=(),
        spent_usd=Decimal(100),
        disk_used=0.5,
        told_steps=(),
        roster=(),
        prestarted=(),
        expected=(),
        computing=(),
        closed=False,
    )
    return lambda **changes: replace(quiet, **changes)


@pytest.fixture
def make_evening(
    policy: Policy, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Evening]:
    """An evening at the hub; without a meter its spending is not known."""
    # a process that is killed loses nothing that it wrote
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return lambda meter=None: Evening(tmp_path_factory.mktemp("evening"), policy, meter)
