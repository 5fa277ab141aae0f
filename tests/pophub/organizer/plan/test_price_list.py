"""The Price List API's nested answers: a machine's price, a disk's, and everything that is neither."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pophub.organizer.plan.price_list import disk_usd_a_month, machines
from tests.pophub.organizer.plan.price_lists import PriceList, product


def test_a_machine_has_what_it_has_and_costs_what_it_costs() -> None:
    aws = PriceList(product())
    [found] = machines(aws, "us-west-2", "r6i.8xlarge")

    assert (found.name, found.vcpus, found.memory_gib) == ("r6i.8xlarge", 32, 256)
    assert (found.usd_per_hour, found.architecture) == (Decimal("2.016"), "x86_64")
    assert (aws.wanted["regionCode"], aws.wanted["instanceType"], aws.wanted["operatingSystem"]) == (
        "us-west-2",
        "r6i.8xlarge",
        "Linux",
    )


def test_all_machines_of_a_region_are_asked_for_without_a_name() -> None:
    aws = PriceList(product(), product("0.5", instanceType="m7g.large", memory="1,024 GiB"))

    assert [(it.name, it.memory_gib, it.architecture) for it in machines(aws, "us-west-2")] == [
        ("r6i.8xlarge", 256, "x86_64"),
        ("m7g.large", 1024, "arm64"),
    ]
    assert "instanceType" not in aws.wanted


@pytest.mark.parametrize(
    "odd",
    [
        product(None),
        product("0.0000000000"),
        product(memory="NA"),
        product(vcpu="many"),
        product() | {"terms": {}},
        product() | {"terms": {"Reserved": {}}},
    ],
)
def test_what_has_no_plain_price_is_left_out(odd: dict[str, Any]) -> None:
    assert list(machines(PriceList(odd), "us-west-2")) == []


def test_a_disk_has_one_price_or_none() -> None:
    assert disk_usd_a_month(PriceList(product("0.08")), "us-west-2") == Decimal("0.08")
    assert disk_usd_a_month(PriceList(product("0.08"), product("0.09")), "us-west-2") is None
    assert disk_usd_a_month(PriceList(), "us-west-2") is None
