"""What a hub costs an hour; every figure worked out by hand from the price table."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pophub.core.cost.tariff import OF_WORKERS
from pophub.organizer.plan.prices import InstanceType, region_prices

# 604 and 40 GiB at 0.08 a month, 0.005 for the address
STOPPED = Decimal("0.08") * 644 / 730 + Decimal("0.005")
PRICES = region_prices("us-west-2")
UNKNOWN_TYPE = InstanceType("m9i.large", 2, Decimal(8), Decimal("0.1"), "x86_64")


def test_a_stopped_hub_costs_its_disks_and_its_address() -> None:
    assert PRICES.tariff.usd_an_hour_stopped(604) == pytest.approx(STOPPED)


def test_a_running_hub_costs_its_machine_as_well() -> None:
    assert PRICES.tariff.usd_an_hour_running("r6i.8xlarge", 604) == pytest.approx(Decimal("2.016") + STOPPED)


def test_a_machine_without_a_price_has_no_cost_until_its_price_is_given() -> None:
    assert PRICES.tariff.usd_an_hour_running("m9i.large", 604) is None
    assert replace(PRICES, machines=(UNKNOWN_TYPE,)).tariff.usd_an_hour_running("m9i.large", 604) == pytest.approx(
        Decimal("0.1") + STOPPED
    )


def test_a_worker_costs_its_machine_disk_and_address() -> None:
    parts = PRICES.tariff.worker(Decimal("0.2"))

    assert [*parts] == [*OF_WORKERS]
    assert sum(parts.values()) == pytest.approx(Decimal("0.2") + Decimal("0.08") * 40 / 730 + Decimal("0.005"))


def test_the_price_of_a_worker_is_the_one_at_its_birth_then_the_list_s() -> None:
    tariff = PRICES.tariff

    assert tariff.worker_usd_an_hour("r6i.8xlarge", Decimal("0.7")) == Decimal("0.7")
    assert tariff.worker_usd_an_hour("r6i.8xlarge", None) == Decimal("2.016")
    assert tariff.worker_usd_an_hour("m9i.large", Decimal("0.7")) == Decimal("0.7")
    assert tariff.worker_usd_an_hour("m9i.large", None) is None
