"""What one thing of a kind costs a month if it stays: list prices, exact. None where the table has no price."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pophub.core.cost.tariff import HOURS_A_MONTH
from pophub.core.errors import PophubError
from pophub.organizer.plan import prices

GIB = 2**30
# https://aws.amazon.com/aws-cost-management/pricing/: of an account's budgets with actions two are free
FREE_BUDGETS_WITH_ACTIONS = 2
DAYS_A_MONTH = HOURS_A_MONTH / 24


def of_instance(entry: Mapping[str, Any], region: str) -> Decimal | None:
    """A stopped one costs nothing itself."""
    if entry["State"]["Name"] not in ("running", "pending"):
        return Decimal(0)
    try:
        return prices.region_prices(region).machine(entry["InstanceType"]).usd_per_hour * HOURS_A_MONTH
    except PophubError:
        return None


def of_volume(entry: Mapping[str, Any], region: str) -> Decimal | None:
    """By its size, whatever is written on it."""
    if entry["VolumeType"] != "gp3":
        return None
    return prices.rate("gp3_storage", region).usd * Decimal(entry["Size"])


def of_snapshot(entry: Mapping[str, Any], region: str) -> Decimal:
    """At most: only what was written counts, and AWS does not say how much that is."""
    return prices.rate("snapshot", region).usd * Decimal(entry["VolumeSize"])


def of_address(_: Mapping[str, Any], region: str) -> Decimal:
    """Used or not."""
    return prices.rate("public_ipv4", region).usd * HOURS_A_MONTH


def of_alarm(region: str) -> Decimal:
    """A metric alarm of one metric."""
    return prices.rate("alarm", region).usd


def of_logs(bytes_: int, region: str) -> Decimal:
    """What is stored."""
    return prices.rate("logs_storage", region).usd * bytes_ / GIB


def of_shelf(bytes_: int, region: str) -> Decimal:
    """What lies there."""
    return prices.rate("s3_storage", region).usd * bytes_ / GIB


def of_budget_with_actions(in_the_account: int, region: str) -> Decimal:
    """Nothing for the first two of an account."""
    if in_the_account <= FREE_BUDGETS_WITH_ACTIONS:
        return Decimal(0)
    return prices.rate("budget_with_actions", region).usd * DAYS_A_MONTH
