"""The price table as tariffs: every region has disks, and an hour of a disk is exact enough."""

from __future__ import annotations

from decimal import Decimal

from pophub.organizer.cost.list_prices import tariff_of


def test_a_region_without_machines_still_has_disks() -> None:
    assert tariff_of("sa-east-1").machines == {}
    assert tariff_of("sa-east-1").usd_an_hour_stopped(100) > 0


def test_a_disks_hour_is_exact_enough_for_a_year_of_the_largest_disk() -> None:
    tariff = tariff_of("us-west-2")

    assert abs(tariff.disk_usd_a_gib_hour * 730 * 12 * 16384 - Decimal("0.08") * 12 * 16384) < Decimal("0.000001")
