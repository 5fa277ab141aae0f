"""What was chosen at the first deployment stays until the event file asks for another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from pophub.organizer.event.event import Event
from pophub.organizer.plan.pin import SOURCE, Pin, Unread, as_text, from_text
from pophub.organizer.plan.plan import Plan, make_plan
from pophub.organizer.plan.prices import RegionPrices, region_prices

MakeEvent = Callable[..., Event]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
OLD = region_prices("us-west-2")
HERE = "hub.geohackweek.example.org"
PIN = Pin("r6i.8xlarge", OLD, https_only=HERE)
# the standard tier of Parameter Store: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
STANDARD_BYTES = 4096


def _repriced(prices: RegionPrices) -> RegionPrices:
    """Every machine 2 % dearer, but the second-best 15 % cheaper; another day."""
    factor = {"r7i.8xlarge": Decimal("0.85")}
    machines = tuple(
        replace(it, usd_per_hour=it.usd_per_hour * factor.get(it.name, Decimal("1.02"))) for it in prices.machines
    )
    return replace(prices, as_of=prices.as_of.replace(month=11), machines=machines)


def _plan(event: Event, pin: Pin | Unread | None) -> Plan:
    return make_plan(event, _repriced(region_prices(event.region)), now=NOW, pin=pin)


@pytest.mark.parametrize("region", ["us-west-2", "eu-north-1", "ap-northeast-1", "sa-east-1"])
def test_a_pin_is_read_back_as_it_was_written(region: str) -> None:
    prices = region_prices(region)
    pin = Pin(
        "r6i.8xlarge", replace(prices, rates={item: replace(it, source=SOURCE) for item, it in prices.rates.items()})
    )

    assert from_text(as_text(pin)) == pin
    assert len(as_text(pin)) < STANDARD_BYTES


def test_a_deployed_event_keeps_machine_prices_and_cost(make_event: MakeEvent) -> None:
    event = make_event()
    first, again, new = make_plan(event, OLD, now=NOW), _plan(event, PIN), _plan(event, None)

    assert (again.sizing, again.prices, again.planned, again.new_pin) == (first.sizing, OLD, first.planned, PIN)
    assert (again.is_pinned, again.warnings) == (True, ())
    assert (new.instance_type, new.prices.as_of.month) == ("r7i.8xlarge", 11)


@pytest.mark.parametrize(
    ("changes", "machine", "why"),
    [
        ({"host": {"instance_type": "m6i.16xlarge"}}, "m6i.16xlarge", "as `host.instance_type` says"),
        ({"participants": 80}, "r6i.12xlarge", "because r6i.8xlarge does not hold this event any more"),
        ({"server": {"memory_gib": 5}}, "r6i.12xlarge", "because r6i.8xlarge does not hold this event any more"),
        ({"server": {"cpus": 40}}, "r6i.12xlarge", "because r6i.8xlarge does not hold this event any more"),
        ({"host": {"architecture": "arm64"}}, "r7g.8xlarge", "because r6i.8xlarge does not hold this event any more"),
    ],
    ids=["another is named", "more people", "more memory", "more processors", "another processor"],
)
def test_the_event_file_can_ask_for_another_machine(
    make_event: MakeEvent, changes: dict[str, Any], machine: str, why: str
) -> None:
    found = _plan(make_event(**changes), PIN)

    assert (found.instance_type, found.is_pinned, found.prices.as_of.month) == (machine, False, 11)
    said = f"the event is deployed with r6i.8xlarge; the next deploy makes it {machine}, {why}"
    assert said in found.warnings
    assert found.new_pin == Pin(machine, found.prices, https_only=HERE)


@pytest.mark.parametrize(
    "changes",
    [{"host": {"instance_type": "r6i.8xlarge"}}, {"participants": 20}, {"title": "Another", "budget_usd": 500}],
    ids=["the same one is named", "fewer people", "something else"],
)
def test_any_other_change_keeps_it(make_event: MakeEvent, changes: dict[str, Any]) -> None:
    found = _plan(make_event(**changes), PIN)

    assert (found.instance_type, found.prices, found.is_pinned) == ("r6i.8xlarge", OLD, True)


def test_a_machine_without_a_price_is_kept_too(make_event: MakeEvent) -> None:
    found = _plan(make_event(host={"instance_type": "m9i.large"}), Pin("m9i.large", OLD))

    assert (found.instance_type, found.is_pinned, found.sizing.machine) == ("m9i.large", True, None)


def test_the_pin_of_another_region_does_not_count(make_event: MakeEvent) -> None:
    assert not _plan(make_event(region="eu-central-1"), PIN).is_pinned


def test_that_it_is_not_known_is_a_warning(make_event: MakeEvent) -> None:
    [warning] = _plan(make_event(), Unread("no network")).warnings

    assert "AWS could not be asked (no network): a deployed hub keeps its machine and its prices" in warning


SEVERAL = Pin("c7i.xlarge", OLD, "r7i.2xlarge", HERE)


@pytest.mark.parametrize("region", ["us-west-2", "eu-north-1"])
def test_a_pin_with_workers_is_read_back_too(region: str) -> None:
    prices = region_prices(region)
    rates = {item: replace(it, source=SOURCE) for item, it in prices.rates.items()}
    pin = Pin("c7i.xlarge", replace(prices, rates=rates), "r7i.2xlarge", HERE)

    assert from_text(as_text(pin)) == pin
    assert len(as_text(pin)) < STANDARD_BYTES
    assert "workers" not in as_text(replace(pin, workers=""))
    assert "https_only" not in as_text(replace(pin, https_only=""))


def test_a_deployed_event_keeps_its_workers(make_event: MakeEvent) -> None:
    event = make_event(participants=300, server={"home_gib": 1}, workers={})
    again, new = _plan(event, SEVERAL), _plan(event, None)

    assert (again.workers and again.workers.machine.name, again.new_pin, again.warnings) == ("r7i.2xlarge", SEVERAL, ())
    assert new.workers is not None
    assert new.workers.machine.name != "r7i.2xlarge"


def test_workers_that_were_needed_stay_when_a_new_table_has_a_machine_that_holds_everybody(
    make_event: MakeEvent,
) -> None:
    event = make_event(participants=1000, server={"home_gib": 1})
    giant = replace(OLD.machine("r8i.96xlarge"), name="r9i.192xlarge", memory_gib=Decimal(6144))
    table = replace(OLD, machines=(*OLD.machines, giant))
    before = make_plan(event, OLD, now=NOW)
    again, new = (make_plan(event, table, now=NOW, pin=it) for it in (before.new_pin, None))

    assert (again.new_pin, again.is_pinned, new.workers) == (before.new_pin, True, None)


@pytest.mark.parametrize(
    ("changes", "pin", "told"),
    [
        ({"workers": {}}, PIN, "the next deploy makes it c7i.xlarge with workers r6i.2xlarge, as `workers` says"),
        ({}, SEVERAL, "with c7i.xlarge with workers r7i.2xlarge; the next deploy makes it r7i.8xlarge, as `workers` says"),
        (
            {"workers": {"type": "r6i.4xlarge"}},
            SEVERAL,
            "the next deploy makes it c7i.xlarge with workers r6i.4xlarge, as `workers.type` says",
        ),
        (
            {"workers": {}, "server": {"memory_gib": 64}},
            SEVERAL,
            "makes it c7i.xlarge with workers r6i.12xlarge, because r7i.2xlarge does not hold this event any more",
        ),
    ],
    ids=["workers from now on", "no workers any more", "another type", "servers that do not fit"],
)  # fmt: skip
def test_other_workers_are_told_with_the_reason(
    make_event: MakeEvent, changes: dict[str, Any], pin: Pin, told: str
) -> None:
    warnings = _plan(make_event(**changes), pin).warnings

    assert [it for it in warnings if told in it], warnings
