"""What an event will cost: the example by hand, and what must hold for every event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.organizer.cost.estimate import Estimate, snapshot_usd_a_month
from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import make_plan
from pophub.organizer.plan.prices import region_prices

MakeEvent = Callable[..., Event]
MakeEstimate = Callable[..., Estimate]
THE_DAY_BEFORE = datetime(2027, 2, 28, 17, tzinfo=UTC)


def _hours(made: Estimate) -> list[Decimal]:
    return [case.hours_on for case in made.cases]


def test_the_hours_are_those_of_the_assumptions(make_estimate: MakeEstimate) -> None:
    # five sessions of 8.5 hours with a quarter before, half an hour idle after; the high case by the schedule:
    # from the deployment to the night at 04:00, then five days from 08:45 to 01:30
    assert _hours(make_estimate()) == [
        1 + 5 * Decimal("9.5"),
        3 + 5 * Decimal("10.25"),
        Decimal(19) + 5 * Decimal("16.75"),
    ]


def test_the_items_add_up_to_the_total(make_estimate: MakeEstimate) -> None:
    made = make_estimate()

    assert all(case.usd == sum(item.quantity * item.usd_each for item in case.items) for case in made.cases)
    assert [item.what for item in made.expected.items] == [
        "machine", "home volume", "system disk", "public address", "zone", "alarms", "off page", "traffic", "snapshot",
        "archive",
    ]  # fmt: skip


def test_every_item_can_be_worked_out_by_hand(make_estimate: MakeEstimate) -> None:
    items = {item.what: item.usd for item in make_estimate().high.items}

    # until the last stop, 12 March 23:59 PST: 302 hours and 59 minutes; the disks' month has 730
    assert items["machine"] == Decimal("102.75") * Decimal("2.016")
    assert items["home volume"] == pytest.approx(
        Decimal("302.98333") / 730 * 604 * Decimal("0.08"), rel=Decimal("1e-5")
    )
    assert items["public address"] == pytest.approx(Decimal("302.98333") * Decimal("0.005"), rel=Decimal("1e-5"))
    assert items["zone"] == 2 * Decimal("0.5"), "February and March are begun"
    assert items["off page"] == pytest.approx(Decimal("302.98333") / 730 * Decimal("0.5"), rel=Decimal("1e-5"))
    # 60 people, 5 days, 2 GB; of which the account's free part may be gone
    assert items["traffic"] == 600 * Decimal("0.09")
    assert items["snapshot"] == pytest.approx(600 * Decimal("0.05") * 90 * 24 / 730, rel=Decimal("1e-5"))


def test_the_free_part_of_the_traffic_is_not_paid_for(make_estimate: MakeEstimate) -> None:
    [traffic] = [it for it in make_estimate(assumptions={"traffic_gb_a_day": 1}).expected.items if it.what == "traffic"]

    # 48 people, 5 days, 1 GB, of which 100 GB are free in each of the two months
    assert traffic.quantity == 240 - 200


def test_the_three_biggest_drivers_come_first(make_estimate: MakeEstimate) -> None:
    assert [item.what for item in make_estimate().expected.drivers] == ["machine", "home volume", "archive"]


@pytest.mark.parametrize(
    ("budget", "told"),
    [(450, "also covers the high case"), (200, "covers the expected case, not the high"), (100, "does not cover")],
)
def test_it_is_held_against_the_budget(make_estimate: MakeEstimate, budget: int, told: str) -> None:
    assert told in make_estimate(budget_usd=budget).against_budget


def test_a_forgotten_hub_runs_for_30_days(make_estimate: MakeEstimate) -> None:
    made = make_estimate()

    assert made.usd_forgotten == 720 * made.usd_an_hour_running
    assert made.usd_forgotten > made.high.usd


def test_the_assumptions_of_the_event_file_count(make_estimate: MakeEstimate) -> None:
    changed = make_estimate(assumptions={"setup_hours": 0, "after_hours": 0, "present": 1, "home_used": 0})

    assert _hours(changed)[:2] == [5 * Decimal("9.25")] * 2
    assert {it.what: it.usd for it in changed.expected.items}["archive"] == 0


def test_a_machine_without_a_price_has_no_estimate(make_event: MakeEvent) -> None:
    event = make_event(host={"instance_type": "m9i.large"})
    plan = make_plan(event, region_prices(event.region), now=THE_DAY_BEFORE)

    assert (plan.planned, plan.today, plan.cost) == (None, None, None)


def test_a_price_of_another_region_is_named(make_estimate: MakeEstimate) -> None:
    [*notes] = make_estimate(region="eu-central-1").notes

    assert notes == [
        "the price table has no price of alarm in eu-central-1: the dearest known is taken, ap-northeast-1's"
    ]


def test_it_is_deployed_a_day_before_or_now(make_event: MakeEvent) -> None:
    event, prices = make_event(), region_prices("us-west-2")
    early = make_plan(event, prices, now=datetime(2026, 11, 20, tzinfo=UTC))
    first = early.timetable.windows[0].start
    late = make_plan(event, prices, now=first - timedelta(hours=3))

    assert [plan.cost and plan.cost.deployed for plan in (early, late)] == [
        first - timedelta(days=1),
        first - timedelta(hours=3),
    ]


def test_a_snapshot_costs_what_was_written_at_most_the_whole_disk() -> None:
    assert snapshot_usd_a_month("us-west-2", 604) == Decimal("30.20")


def _sessions(end: int) -> list[dict[str, str]]:
    return [{"from": "2027-03-01", "to": "2027-03-05", "start": "09:00", "end": f"{end // 60:02}:{end % 60:02}"}]


@settings(deadline=None, max_examples=40)
@given(
    people=st.tuples(st.integers(1, 150), st.integers(1, 150)),
    ends=st.tuples(st.integers(541, 1439), st.integers(541, 1439)),
)
def test_more_people_or_longer_sessions_never_cost_less(
    make_estimate: MakeEstimate, people: tuple[int, int], ends: tuple[int, int]
) -> None:
    fewer, more = (make_estimate(participants=count) for count in sorted(people))
    shorter, longer = (make_estimate(sessions=_sessions(end)) for end in sorted(ends))

    assert all(one.usd <= two.usd for one, two in zip(fewer.cases, more.cases, strict=True))
    assert all(one.usd <= two.usd for one, two in zip(shorter.cases, longer.cases, strict=True))


@settings(deadline=None, max_examples=40)
@given(people=st.integers(1, 150), end=st.integers(541, 1439), before=st.integers(0, 200))
def test_low_is_never_more_than_expected_nor_expected_more_than_high(
    make_estimate: MakeEstimate, people: int, end: int, before: int
) -> None:
    deployed = THE_DAY_BEFORE - timedelta(hours=before)
    made = make_estimate(deployed, participants=people, sessions=_sessions(end))

    assert made.low.usd <= made.expected.usd <= made.high.usd
