"""The exact monthly list price of a resource that stays. None if the price table has no price."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pophub.core.cost.tariff import HOURS_A_MONTH
from pophub.core.errors import PophubError
from pophub.organizer.plan import prices

GIB = 2**30
# two budgets with actions per account are free: https://aws.amazon.com/aws-cost-management/pricing/
FREE_BUDGETS_WITH_ACTIONS = 2
DAYS_A_MONTH = HOURS_A_MONTH / 24


def of_instance(entry: Mapping[str, Any], region: str) -> Decimal | None:
    """A stopped instance costs nothing itself."""
    if entry["State"]["Name"] not in ("running", "pending"):
        return Decimal(0)
    try:
        return prices.region_prices(region).machine(entry["InstanceType"]).usd_per_hour * HOURS_A_MONTH
    except PophubError:
        return None


def of_volume(entry: Mapping[str, Any], region: str) -> Decimal | None:
    """The whole size counts, even if it is empty."""
    if entry["VolumeType"] != "gp3":
        return None
    return prices.rate("gp3_storage", region).usd * Decimal(entry["Size"])


def of_snapshot(entry: Mapping[str, Any], region: str) -> Decimal:
    """The maximum: AWS charges only for blocks that were written, and does not say how many there are."""
    return prices.rate("snapshot", region).usd * Decimal(entry["VolumeSize"])


def of_address(_: Mapping[str, Any], region: str) -> Decimal:
    """An address costs the same whether it is in use or not."""
    return prices.rate("public_ipv4", region).usd * HOURS_A_MONTH


def of_alarm(region: str) -> Decimal:
    """An alarm on one metric."""
    return prices.rate("alarm", region).usd


def of_health_check(region: str) -> Decimal:
    """A basic health check of an address of AWS's; an account's first 50 are free."""
    return prices.rate("health_check", region).usd


def of_logs(bytes_: int, region: str) -> Decimal:
    """The price of stored logs."""
    return prices.rate("logs_storage", region).usd * bytes_ / GIB


def of_bucket(bytes_: int, region: str) -> Decimal:
    """The price of objects in the account bucket."""
    return prices.rate("s3_storage", region).usd * bytes_ / GIB


def of_budget_with_actions(in_the_account: int, region: str) -> Decimal:
    """The first two budgets with actions of an account cost nothing."""
    if in_the_account <= FREE_BUDGETS_WITH_ACTIONS:
        return Decimal(0)
    return prices.rate("budget_with_actions", region).usd * DAYS_A_MONTH
