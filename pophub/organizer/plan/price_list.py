"""AWS's Price List API: today's list prices of machines and disks. It needs credentials; a request is free of charge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from pophub.aws.client import Aws
from pophub.organizer.plan.prices import InstanceType, architecture_of

# one of the API's three endpoints:
# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-list-query-api.html
REGION = "us-east-1"
# with all of these attributes, an instance type has exactly one price on demand
PLAIN_LINUX = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "licenseModel": "No License required",
}
PRODUCTS = "PriceList[]"


def machines(aws: Aws, region: str, name: str | None = None) -> Iterator[InstanceType]:
    """Every machine of a region with its price on demand, or only the machine called `name`.

    Raises:
        PophubError: AWS does not answer.
    """
    wanted = PLAIN_LINUX | {"regionCode": region} | ({"instanceType": name} if name else {})
    for product in _products(aws, "AmazonEC2", wanted):
        about, usd = product["product"]["attributes"], _usd(product)
        try:
            memory, vcpus = Decimal(about["memory"].split()[0].replace(",", "")), int(about["vcpu"])
        except (KeyError, ValueError, IndexError, InvalidOperation):
            continue
        if usd:
            yield InstanceType(about["instanceType"], vcpus, memory, usd, architecture_of(about["instanceType"]))


def disk_usd_a_month(aws: Aws, region: str) -> Decimal | None:
    """The price of one GiB of gp3 for a month; None if AWS lists no price, or several."""
    wanted = {"regionCode": region, "productFamily": "Storage", "volumeApiName": "gp3"}
    found = {usd for product in _products(aws, "AmazonEC2", wanted) if (usd := _usd(product))}
    return found.pop() if len(found) == 1 else None


def _products(aws: Aws, service: str, wanted: dict[str, str]) -> Iterator[dict[str, Any]]:
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    for text in aws.pages("pricing", REGION, "get_products", PRODUCTS, ServiceCode=service, Filters=filters):
        yield json.loads(text)


def _usd(product: dict[str, Any]) -> Decimal | None:
    """The price of one unit on demand; None if there is no price, or more than one."""
    offers = product.get("terms", {}).get("OnDemand", {}).values()
    found = [
        dimension["pricePerUnit"].get("USD") for offer in offers for dimension in offer["priceDimensions"].values()
    ]
    return Decimal(found[0]) if len(found) == 1 and found[0] else None
