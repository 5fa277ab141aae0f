"""What workers are estimated to cost: by hand, and what must hold for every event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.organizer.cost.estimate import Estimate
from pophub.organizer.cost.items import Case, Item
from pophub.organizer.event.event import Event
from pophub.organizer.plan.leaving import Leaving

MakeEvent = Callable[..., Event]
MakeEstimate = Callable[..., Estimate]
THE_DAY_BEFORE = datetime(2027, 2, 28, 17, tzinfo=UTC)
FOUR = {"workers": {"type": "r7i.2xlarge"}}
HOUR = timedelta(hours=1)


def _items(case: Case) -> dict[str, Item]:
    return {item.what: item for item in case.items}


def test_the_workers_stand_after_the_machine(make_estimate: MakeEstimate) -> None:
    made = make_estimate(**FOUR)

    assert [[item.what for item in case.items] for case in made.cases] == [
        [
            "machine", "workers", "workers' disks", "workers' addresses", "home volume", "system disk", "public address",
            "zone", "alarms", "off page", "traffic", "snapshot", "archive",
        ]
    ] * 3  # fmt: skip
    assert all(case.usd == sum(item.quantity * item.usd_each for item in case.items) for case in made.cases)


def test_every_item_can_be_worked_out_by_hand(make_event: MakeEvent, make_estimate: MakeEstimate) -> None:
    made = make_estimate(**FOUR)
    low, expected, high = (_items(case) for case in made.cases)
    # 15 minutes to start, 15 minutes ready before a session of 8.5 hours, and until the last server is gone
    days = [5 * (9 + Leaving.of(make_event(), case).worker_after(60, 15) / HOUR) for case in (0, 1)]

    assert float(low["workers"].quantity) == pytest.approx(4 * days[0] + 1, abs=1e-4)
    assert float(expected["workers"].quantity) == pytest.approx(4 * days[1] + 3, abs=1e-4)
    # five workers hold the spare servers too, from 8:30 until 1:30 in the night; one from 9:00 on Sunday until the night's stop
    assert high["workers"].quantity == 5 * 5 * 17 + 19
    assert {it["workers"].usd_each for it in (low, expected, high)} == {Decimal("0.5292")}
    hours = expected["workers"].quantity
    assert expected["workers' addresses"].usd == hours * Decimal("0.005")
    assert expected["workers' disks"].usd == pytest.approx(hours / 730 * 40 * Decimal("0.08"), rel=Decimal("1e-5"))


def test_the_hub_is_on_as_long_as_somebody_works(make_event: MakeEvent, make_estimate: MakeEstimate) -> None:
    made = make_estimate(**FOUR)
    after = Leaving.of(make_event(), 1).hub_after(60) / HOUR

    assert float(made.expected.hours_on) == pytest.approx(3 + 5 * (9 + after), abs=1e-4)
    assert "until the last has stopped working" in _items(made.expected)["machine"].because
    assert "c7i.xlarge, from the deployment on" in _items(made.high)["machine"].because


def test_spot_is_an_assumption_and_at_worst_the_price_on_demand(make_estimate: MakeEstimate) -> None:
    low, expected, high = (
        _items(case)["workers"] for case in make_estimate(workers={"type": "r7i.2xlarge", "spot": True}).cases
    )

    assert low.usd_each == expected.usd_each == Decimal("0.5292") * Decimal("0.4")
    assert "spot, assumed 60% below the price on demand" in expected.because
    assert (high.usd_each, "its maximum" in high.because) == (Decimal("0.5292"), True)


def test_a_shorter_idle_time_ends_workers_sooner(make_estimate: MakeEstimate) -> None:
    short, long = (
        _items(make_estimate(idle={"server_minutes": minutes}, **FOUR).expected)["workers"].quantity
        for minutes in (30, 120)
    )

    assert short < long


def test_an_hour_includes_all_workers_with_disks_and_addresses(make_estimate: MakeEstimate) -> None:
    several, alone = make_estimate(**FOUR), make_estimate(host={"instance_type": "c7i.xlarge"})
    more = several.usd_an_hour_running - alone.usd_an_hour_running

    assert more == pytest.approx(
        4 * (Decimal("0.5292") + 40 * Decimal("0.08") / 730 + Decimal("0.005")), rel=Decimal("1e-9")
    )
    assert several.usd_an_hour_stopped == alone.usd_an_hour_stopped
    assert several.usd_forgotten == 720 * several.usd_an_hour_running


def test_the_lever_of_workers_is_named(make_estimate: MakeEstimate) -> None:
    made = make_estimate(participants=300, server={"home_gib": 1}, workers={})

    assert made.expected.drivers[0].what == "workers"


@settings(deadline=None, max_examples=40)
@given(
    people=st.integers(1, 400),
    end=st.integers(541, 1439),
    before=st.integers(-40, 200),
    changes=st.fixed_dictionaries(
        {
            "workers": st.fixed_dictionaries({"spot": st.booleans(), "warm_minutes": st.integers(0, 30)}),
            "idle": st.fixed_dictionaries({"server_minutes": st.integers(15, 240)}),
        }
    ),
)
def test_low_is_never_more_than_expected_nor_expected_more_than_high(
    make_estimate: MakeEstimate, people: int, end: int, before: int, changes: dict[str, Any]
) -> None:
    """Also if the event is deployed in the middle of a session."""
    sessions = [{"from": "2027-03-01", "to": "2027-03-05", "start": "09:00", "end": f"{end // 60:02}:{end % 60:02}"}]
    made = make_estimate(
        THE_DAY_BEFORE - timedelta(hours=before),
        participants=people,
        sessions=sessions,
        server={"home_gib": 1},
        **changes,
    )

    assert made.low.usd <= made.expected.usd <= made.high.usd
