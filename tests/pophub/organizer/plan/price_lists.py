"""An AWS whose price list has what a test puts there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pophub.aws.client import Aws
from pophub.organizer.plan.prices import InstanceType


def product(usd: str | None = "2.0160000000", **about: str) -> dict[str, Any]:
    """As AWS tells one."""
    price = {"unit": "Hrs", "pricePerUnit": {"USD": usd} if usd else {"CNY": "1"}}
    attributes = {"instanceType": "r6i.8xlarge", "vcpu": "32", "memory": "256 GiB", **about}
    return {
        "product": {"attributes": attributes},
        "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": {"SKU.TERM.RATE": price}}}},
    }


def machine_product(machine: InstanceType) -> dict[str, Any]:
    memory = f"{machine.memory_gib} GiB"
    return product(str(machine.usd_per_hour), instanceType=machine.name, vcpu=str(machine.vcpus), memory=memory)


class PriceList(Aws):
    """An AWS that lists these products, and notes what it was asked for."""

    def __init__(self, *products: dict[str, Any]) -> None:
        super().__init__()
        self._products = products
        self.wanted: dict[str, str] = {}

    def pages(self, service: str, region: str, operation: str, entries: str, **arguments: Any) -> Iterator[Any]:
        assert (service, region, operation, entries) == ("pricing", "us-east-1", "get_products", "PriceList[]")
        self.wanted = {it["Field"]: it["Value"] for it in arguments["Filters"]}
        yield from map(json.dumps, self.products_of(self.wanted["regionCode"]))

    def products_of(self, region: str) -> Iterator[dict[str, Any]]:
        """What it lists for what it was asked last."""
        yield from self._products


M9I = machine_product(InstanceType("m9i.large", 2, Decimal(8), Decimal("0.1"), "x86_64"))
