"""The machines and the prices that were chosen at the first deployment of an event; they are stored with the event.

Without a pin, a newer price table could give a running hub another machine and another bundle, and the hub stops
when its machine changes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pophub.organizer.plan.prices import InstanceType, Rate, RegionPrices, architecture_of

SOURCE = "the price table of the first deployment"
# with these, Caddy tells browsers to open the address only with a valid certificate: `strict` of cloud-init/Caddyfile
STRICT_TLS = ("acme", "files")


@dataclass(frozen=True, slots=True)
class Pin:
    """The machine and the prices of a deployed event; `workers` is their type, empty if the event has one machine.

    `https_only` is the address if it was deployed with STRICT_TLS, else empty.
    """

    instance_type: str
    prices: RegionPrices
    workers: str = ""
    https_only: str = ""

    @property
    def machines(self) -> str:
        """The machines as words: r6i.8xlarge, or m7i.xlarge with workers r7i.2xlarge."""
        return f"{self.instance_type} with workers {self.workers}" if self.workers else self.instance_type


@dataclass(frozen=True, slots=True)
class Unread:
    """It is unknown whether the event is deployed, because AWS did not answer; `reason` is the error."""

    reason: str


def as_text(pin: Pin) -> str:
    """The pin as compact JSON, because Parameter Store stores up to 4 KB without charge."""
    prices = pin.prices
    found = {
        "instance_type": pin.instance_type,
        **({"workers": pin.workers} if pin.workers else {}),
        **({"https_only": pin.https_only} if pin.https_only else {}),
        "region": prices.region,
        "as_of": prices.as_of.isoformat(),
        "others_as_of": prices.others_as_of.isoformat(),
        "machines": {it.name: [it.vcpus, str(it.memory_gib), str(it.usd_per_hour)] for it in prices.machines},
        "rates": {item: [it.region, it.unit, str(it.usd)] for item, it in prices.rates.items()},
    }
    return json.dumps(found, separators=(",", ":"))


def from_text(text: str) -> Pin:
    """Read the text that `as_text` wrote.

    Raises:
        KeyError, TypeError, ValueError, ArithmeticError: the text has another form.
    """
    found = json.loads(text)
    machines = tuple(
        InstanceType(name, vcpus, Decimal(memory), Decimal(usd), architecture_of(name))
        for name, (vcpus, memory, usd) in found["machines"].items()
    )
    rates = {
        item: Rate(item, region, unit, Decimal(usd), SOURCE) for item, (region, unit, usd) in found["rates"].items()
    }
    as_of, others = (date.fromisoformat(found[key]) for key in ("as_of", "others_as_of"))
    prices = RegionPrices(found["region"], as_of, others, machines, rates)
    return Pin(found["instance_type"], prices, found.get("workers", ""), found.get("https_only", ""))
