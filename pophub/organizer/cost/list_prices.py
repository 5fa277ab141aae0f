"""The price table's region as a tariff. Only where the table lies: the hub has its tariff as JSON."""

from __future__ import annotations

from pophub.core.cost.tariff import HOUR_PLACES, HOURS_A_MONTH, MachinePrice, Tariff
from pophub.core.errors import PophubError
from pophub.organizer.plan import prices
from pophub.organizer.plan.prices import InstanceType


def tariff_of(region: str, *more: InstanceType) -> Tariff:
    """The price table's region; `more` are machines whose price was asked for elsewhere."""
    try:
        known = prices.instance_types(region)
    except PophubError:
        known = ()
    return Tariff(
        region,
        prices.AS_OF,
        {it.name: MachinePrice(it.memory_gib, it.usd_per_hour) for it in (*known, *more)},
        (prices.rate("gp3_storage", region).usd / HOURS_A_MONTH).quantize(HOUR_PLACES),
        prices.rate("public_ipv4", region).usd,
    )
