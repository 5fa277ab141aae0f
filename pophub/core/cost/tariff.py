"""What a hub costs an hour, part by part: list prices as exact decimals, for whoever multiplies them. It knows no time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# AWS's own month: 365 days of 24 hours, by 12
HOURS_A_MONTH = Decimal(730)
# Debian, Docker and two generations of a participants' image of up to 10 GiB
ROOT_DISK_GIB = 40
# a disk's hour is a month's price by 730 to 15 places: off by less than a millionth of a cent in a year of any disk
HOUR_PLACES = Decimal(1).scaleb(-15)

MACHINE, HOMES, SYSTEM, ADDRESS = "machine", "home volume", "system disk", "public address"
# what is paid for as long as the hub exists, running or not
STANDING = (HOMES, SYSTEM, ADDRESS)


@dataclass(frozen=True, slots=True)
class MachinePrice:
    """What an instance type has and costs."""

    memory_gib: Decimal
    usd_an_hour: Decimal


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one region at one day; a machine that is not in `machines` has none that is known."""

    region: str
    as_of: date
    machines: Mapping[str, MachinePrice]
    disk_usd_a_gib_hour: Decimal
    address_usd_an_hour: Decimal
    currency: str = "USD"

    def standing(self, disk_gib: int) -> dict[str, Decimal]:
        """USD an hour of each part that is paid for also while the machine is stopped."""
        return {
            HOMES: disk_gib * self.disk_usd_a_gib_hour,
            SYSTEM: ROOT_DISK_GIB * self.disk_usd_a_gib_hour,
            ADDRESS: self.address_usd_an_hour,
        }

    def usd_an_hour_stopped(self, disk_gib: int) -> Decimal:
        """Everything while the machine is stopped."""
        return sum(self.standing(disk_gib).values(), Decimal(0))

    def usd_an_hour_running(self, instance_type: str, disk_gib: int) -> Decimal | None:
        """Everything while it runs; None where the machine has no price."""
        machine = self.machines.get(instance_type)
        return None if machine is None else machine.usd_an_hour + self.usd_an_hour_stopped(disk_gib)
