"""What a hub costs an hour and until its end; every figure worked out by hand from the price table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pophub.event import Event
from pophub.plan.check import check
from pophub.plan.running_cost import RunningCost, running_cost, snapshot_usd_a_month

MakeEvent = Callable[..., Event]
# the day before the example's first session, in its own zone
THE_EVENING_BEFORE = datetime(2027, 3, 1, 2, tzinfo=UTC)
# 2.016 for the machine, 604 and 40 GiB at 0.08 a month, 0.005 for the address
STOPPED = Decimal("0.08") * 644 / 730 + Decimal("0.005")


def _cost(event: Event, now: datetime) -> RunningCost:
    cost = running_cost(check(event, today=now.date()), now=now)
    assert cost is not None
    return cost


def test_a_stopped_hub_costs_its_disks_and_its_address(make_event: MakeEvent) -> None:
    assert _cost(make_event(), THE_EVENING_BEFORE).usd_an_hour_stopped == pytest.approx(STOPPED)


def test_a_running_hub_costs_its_machine_as_well(make_event: MakeEvent) -> None:
    assert _cost(make_event(), THE_EVENING_BEFORE).usd_an_hour_running == pytest.approx(Decimal("2.016") + STOPPED)


def test_it_runs_from_its_deployment_on_and_then_by_the_schedule(make_event: MakeEvent) -> None:
    cost = _cost(make_event(), THE_EVENING_BEFORE)

    # until the first stop, Monday 21:30 PST, 27.5 hours; then four days from 08:45 to 21:30
    assert cost.hours_running == Decimal("27.5") + 4 * Decimal("12.75")
    # four nights of 11.25 hours, and from Friday 21:30 to the last minute of the 12th
    assert cost.hours_stopped == pytest.approx(4 * Decimal("11.25") + 7 * 24 + Decimal("2.5") - Decimal(1) / 60)


def test_the_parts_add_up_to_the_hour(make_event: MakeEvent) -> None:
    cost = _cost(make_event(), THE_EVENING_BEFORE)

    assert [part.what for part in cost.parts] == [
        "r6i.8xlarge",
        "home volume, 604 GiB",
        "system disk, 40 GiB",
        "public address",
    ]
    assert cost.usd_until_the_end == (
        cost.hours_running * sum(part.usd_per_hour for part in cost.parts)
        + cost.hours_stopped * sum(part.usd_per_hour for part in cost.parts if part.always)
    )


def test_after_the_last_stop_nothing_is_scheduled_any_more(make_event: MakeEvent) -> None:
    cost = _cost(make_event(), datetime(2027, 3, 13, 12, tzinfo=UTC))

    assert (cost.hours_running, cost.hours_stopped, cost.usd_until_the_end) == (0, 0, 0)


def test_a_machine_without_a_price_has_no_cost(make_event: MakeEvent) -> None:
    found = check(make_event(host={"instance_type": "m9i.large"}), today=THE_EVENING_BEFORE.date())

    assert running_cost(found, now=THE_EVENING_BEFORE) is None


def test_a_snapshot_costs_what_was_written_at_most_the_whole_disk() -> None:
    assert snapshot_usd_a_month("us-west-2", 604) == Decimal("30.20")
