"""The price tables: complete, consistent, dated, and honest about what they do not know."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.plan import prices

DATA = files("pophub.organizer.plan") / "data"
REGIONS = sorted({row.split(",")[0] for row in (DATA / "ec2-prices.csv").read_text().splitlines()[5:]})
ITEMS = [
    "alarm",
    "dns_queries",
    "dns_zone",
    "gp3_storage",
    "health_check",
    "logs",
    "public_ipv4",
    "s3_storage",
    "snapshot",
    "traffic_out",
]


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(line for line in (DATA / name).read_text().splitlines() if not line.startswith("#")))


def test_the_tables_say_their_day_currency_and_source() -> None:
    for name in ("ec2-prices.csv", "other-prices.csv"):
        head = (DATA / name).read_text().splitlines()[:3]

        assert [line.split(":")[0] for line in head] == ["# as_of", "# currency", "# source"]
        assert "USD" in head[1]
    assert date(2026, 10, 1) == prices.AS_OF


def test_a_machine_has_its_figures_as_exact_numbers() -> None:
    machine = prices.region_prices("us-west-2").machine("r6i.8xlarge")

    assert machine == prices.InstanceType("r6i.8xlarge", 32, Decimal(256), Decimal("2.016"), "x86_64")


def test_no_row_stands_twice() -> None:
    machines = Counter((row["region"], row["instance_type"]) for row in _rows("ec2-prices.csv"))
    rates = Counter((row["region"], row["item"]) for row in _rows("other-prices.csv"))

    assert {*machines.values(), *rates.values()} == {1}


def test_a_machine_is_the_same_in_every_region() -> None:
    kinds = {
        (row["instance_type"], row["vcpus"], row["memory_gib"], row["architecture"]) for row in _rows("ec2-prices.csv")
    }

    assert len(kinds) == len({name for name, *_ in kinds})


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_both_processors_and_sane_prices(region: str) -> None:
    machines = prices.region_prices(region).machines

    assert {machine.architecture for machine in machines} == {"x86_64", "arm64"}
    assert all(Decimal("0.001") < machine.usd_per_hour / machine.vcpus < Decimal("0.2") for machine in machines)


def test_the_architecture_of_each_row_is_that_of_its_name() -> None:
    wrong = [
        row for row in _rows("ec2-prices.csv") if row["architecture"] != prices.architecture_of(row["instance_type"])
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "name",
    ["m7g.large", "r8g.xlarge", "c7gn.large", "t4g.nano", "a1.large", "x2gd.medium", "im4gn.large", "g5g.xlarge"],
)
def test_a_g_behind_the_generation_means_arm(name: str) -> None:
    assert prices.architecture_of(name) == "arm64"


@pytest.mark.parametrize(
    "name",
    ["m7i.large", "r6i.large", "g5.xlarge", "g4dn.xlarge", "gr6.4xlarge", "m7i-flex.large", "u7i-12tb.224xlarge"],
)
def test_other_letters_mean_x86(name: str) -> None:
    assert prices.architecture_of(name) == "x86_64"


def test_burstable_machines_are_known_by_their_name() -> None:
    assert [prices.is_burstable(name) for name in ("t3.large", "t4g.nano", "trn1.2xlarge", "m7i.large")] == [
        True,
        True,
        False,
        False,
    ]


def test_an_unknown_region_is_told_with_those_that_are_known() -> None:
    with pytest.raises(PophubError, match="has no machine in sa-east-1") as refused:
        prices.region_prices("sa-east-1").require_machines()

    assert (refused.value.field, "us-west-2" in refused.value.hint) == ("region", True)


def test_an_unknown_machine_is_told_with_its_relatives() -> None:
    with pytest.raises(PophubError, match=r"has no m9i\.large in us-west-2") as refused:
        prices.region_prices("us-west-2").machine("m9i.large")

    assert (refused.value.field, "m7i.large" in refused.value.hint, "r7i.large" in refused.value.hint) == (
        "host.instance_type",
        True,
        False,
    )


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("region", REGIONS)
def test_every_item_has_a_price_for_every_region(item: str, region: str) -> None:
    assert prices.rate(item, region).usd > 0


def test_a_region_has_its_own_price_first() -> None:
    assert prices.rate("gp3_storage", "eu-central-1").usd == Decimal("0.0952")


def test_what_costs_the_same_everywhere_is_everywheres_price(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        region: prices.Rate("zone", region, "month", Decimal(usd), "")
        for usd, region in enumerate(("global", "moon-1"))
    }
    monkeypatch.setattr(prices, "_rates", lambda: {"zone": found})

    assert prices.rate("zone", "eu-north-1").region == prices.EVERYWHERE


def test_an_unknown_price_is_the_dearest_known_and_says_whose() -> None:
    found = prices.rate("snapshot", "eu-north-1")

    assert (found.usd, found.region) == (Decimal("0.054"), "eu-central-1")


def test_an_unknown_item_is_an_error() -> None:
    with pytest.raises(PophubError, match="no item 'nat'"):
        prices.rate("nat", "us-west-2")


def test_a_region_without_machines_still_has_disks() -> None:
    tariff = prices.region_prices("sa-east-1").tariff

    assert tariff.machines == {}
    assert tariff.usd_an_hour_stopped(100) > 0


def test_a_disks_hour_is_exact_enough_for_a_year_of_the_largest_disk() -> None:
    tariff = prices.region_prices("us-west-2").tariff

    assert abs(tariff.disk_usd_a_gib_hour * 730 * 12 * 16384 - Decimal("0.08") * 12 * 16384) < Decimal("0.000001")
