"""Prices of machines, disks and addresses: two small tables, each with a date. They are list prices, not the bill."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

from pophub.core.cost.tariff import HOUR_PLACES, HOURS_A_MONTH, MachinePrice, Tariff
from pophub.core.errors import PophubError

Architecture = Literal["x86_64", "arm64"]
# the region of a price that is the same in all regions
EVERYWHERE = "global"


@dataclass(frozen=True, slots=True)
class InstanceType:
    """An instance type, and its price on demand in one region."""

    name: str
    vcpus: int
    memory_gib: Decimal
    usd_per_hour: Decimal
    architecture: Architecture


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of one unit of something other than a machine; `region` is the region that the price was found for."""

    item: str
    region: str
    unit: str
    usd: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class RegionPrices:
    """The prices of one region: machines and gp3 as of `as_of`, everything else as of `others_as_of`."""

    region: str
    as_of: date
    others_as_of: date
    machines: tuple[InstanceType, ...]
    rates: Mapping[str, Rate]

    def require_machines(self) -> tuple[InstanceType, ...]:
        """Every machine of the region that has a price.

        Raises:
            PophubError: no machine of the region has a price.
        """
        if not self.machines:
            raise PophubError(
                f"the price table of {self.as_of} has no machine in {self.region}",
                hint=f"one of {', '.join(sorted(_machines()))}, or name the machine in `host.instance_type`",
                field="region",
            )
        return self.machines

    def machine(self, name: str) -> InstanceType:
        """The machine called `name`.

        Raises:
            PophubError: it has no price in this region.
        """
        machines = self.require_machines()
        found = next((machine for machine in machines if machine.name == name), None)
        if found is None:
            family = [machine.name for machine in machines if machine.name[0] == name[0]]
            raise PophubError(
                f"the price table of {self.as_of} has no {name} in {self.region}",
                hint=f"priced there are {', '.join(family or [machine.name for machine in machines])}",
                field="host.instance_type",
            )
        return found

    def usd(self, item: str) -> Decimal:
        """The price of one unit of something other than a machine."""
        return self.rates[item].usd

    @property
    def tariff(self) -> Tariff:
        """The prices that the hub's meter uses."""
        return Tariff(
            self.region,
            self.as_of,
            {it.name: MachinePrice(it.memory_gib, it.usd_per_hour) for it in self.machines},
            (self.usd("gp3_storage") / HOURS_A_MONTH).quantize(HOUR_PLACES),
            self.usd("public_ipv4"),
        )


def region_prices(region: str) -> RegionPrices:
    """The prices of a region; `machines` is empty if the price table has no machine of that region."""
    rates = {item: rate(item, region) for item in _rates()}
    return RegionPrices(region, AS_OF, OTHERS_AS_OF, _machines().get(region, ()), rates)


def rate(item: str, region: str) -> Rate:
    """The price of an item in the region, else the price for all regions, else the highest known price.

    The answer's `region` says which of them it is.

    Raises:
        PophubError: the table does not have the item.
    """
    regions = _rates().get(item)
    if regions is None:
        raise PophubError(f"the price table has no item {item!r}", hint=f"it has {', '.join(_rates())}")
    return regions.get(region) or regions.get(EVERYWHERE) or max(regions.values(), key=lambda known: known.usd)


def architecture_of(name: str) -> Architecture:
    """The processor that a type's name implies: a `g` after the generation (m7g, c7gn, x2gd) means Graviton, as does a1."""
    # https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    return "arm64" if re.match(r"[a-z-]+\d+[a-z]*g|a1\.", name) else "x86_64"


def is_burstable(name: str) -> bool:
    """Whether a machine depends on CPU credits (t3, t4g): it is fast until they are used up, then slow or more expensive."""
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html
    return re.match(r"t\d", name) is not None


@cache
def _machines() -> dict[str, tuple[InstanceType, ...]]:
    regions: dict[str, list[InstanceType]] = {}
    for row in _rows("ec2-prices.csv"):
        name = row["instance_type"]
        architecture: Architecture = "arm64" if row["architecture"] == "arm64" else "x86_64"
        machine = InstanceType(
            name, int(row["vcpus"]), Decimal(row["memory_gib"]), Decimal(row["usd_per_hour"]), architecture
        )
        regions.setdefault(row["region"], []).append(machine)
    return {region: tuple(machines) for region, machines in regions.items()}


@cache
def _rates() -> dict[str, dict[str, Rate]]:
    items: dict[str, dict[str, Rate]] = {}
    for row in _rows("other-prices.csv"):
        found = Rate(row["item"], row["region"], row["unit"], Decimal(row["usd"]), row["source"])
        items.setdefault(found.item, {})[found.region] = found
    return items


def _rows(table: str) -> list[dict[str, str]]:
    lines = _text(table).splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _text(table: str) -> str:
    return files(__package__).joinpath("data", table).read_text(encoding="utf-8")


def _as_of(table: str) -> date:
    [day] = re.findall(r"^# as_of: (\S+)$", _text(table), re.MULTILINE)
    return date.fromisoformat(day)


# when the prices of machines and gp3 were read from AWS (`pophub prices`), and when a person last read the other prices
AS_OF = _as_of("ec2-prices.csv")
OTHERS_AS_OF = _as_of("other-prices.csv")
