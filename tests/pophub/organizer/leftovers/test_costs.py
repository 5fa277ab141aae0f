"""What is left costs what the price table says, exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pophub.organizer.leftovers import costs

REGION = "us-west-2"


@pytest.mark.parametrize(
    ("entry", "usd"),
    [
        ({"InstanceType": "m7i.large", "State": {"Name": "running"}}, Decimal("0.1008") * 730),
        ({"InstanceType": "m7i.large", "State": {"Name": "stopped"}}, Decimal(0)),
        ({"InstanceType": "u7i-12tb.224xlarge", "State": {"Name": "running"}}, None),
    ],
)
def test_a_machine_costs_what_it_runs(entry: dict[str, object], usd: Decimal | None) -> None:
    assert costs.of_instance(entry, REGION) == usd


def test_disks_and_snapshots_cost_by_size() -> None:
    assert costs.of_volume({"VolumeType": "gp3", "Size": 604}, REGION) == Decimal("48.32")
    assert costs.of_volume({"VolumeType": "io2", "Size": 604}, REGION) is None
    assert costs.of_snapshot({"VolumeSize": 604}, REGION) == Decimal("30.20")


def test_an_address_costs_also_when_it_is_not_used() -> None:
    assert costs.of_address({}, REGION) == Decimal("3.65")


def test_logs_and_the_bucket_cost_by_the_byte() -> None:
    assert costs.of_logs(2**30, REGION) == Decimal("0.03")
    assert costs.of_bucket(10 * 2**30, REGION) == Decimal("0.23")
    assert costs.of_alarm(REGION) == Decimal("0.10")


def test_two_budgets_with_actions_are_free() -> None:
    assert costs.of_budget_with_actions(2, REGION) == 0
    assert costs.of_budget_with_actions(3, REGION) == Decimal("0.10") * Decimal(730) / 24
