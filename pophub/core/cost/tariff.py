"""What a hub costs an hour, part by part: list prices as exact decimals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# AWS's own month: 365 days of 24 hours, divided by 12
HOURS_A_MONTH = Decimal(730)
# enough for Debian, Docker and two versions of a participants' image of up to 10 GiB each
ROOT_DISK_GIB = 40
# a disk's price an hour is its monthly price divided by 730, to 15 places: for any disk and a whole year the error is
# below a millionth of a cent
HOUR_PLACES = Decimal(1).scaleb(-15)

MACHINE, HOMES, SYSTEM, ADDRESS = "machine", "home volume", "system disk", "public address"
# parts that are paid for as long as the hub exists, also while the machine is stopped
STANDING = (HOMES, SYSTEM, ADDRESS)
# parts that are paid for as long as a worker exists
WORKERS, WORKER_DISKS, WORKER_ADDRESSES = "workers", "workers' system disks", "workers' public addresses"
OF_WORKERS = (WORKERS, WORKER_DISKS, WORKER_ADDRESSES)


@dataclass(frozen=True, slots=True)
class MachinePrice:
    """An instance type's memory and list price."""

    memory_gib: Decimal
    usd_an_hour: Decimal


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one region on one day. A machine that is not in `machines` has no known price."""

    region: str
    as_of: date
    machines: Mapping[str, MachinePrice]
    disk_usd_a_gib_hour: Decimal
    address_usd_an_hour: Decimal
    currency: str = "USD"

    def standing(self, disk_gib: int) -> dict[str, Decimal]:
        """USD an hour of each part that is also paid for while the machine is stopped."""
        return {
            HOMES: disk_gib * self.disk_usd_a_gib_hour,
            SYSTEM: ROOT_DISK_GIB * self.disk_usd_a_gib_hour,
            ADDRESS: self.address_usd_an_hour,
        }

    def usd_an_hour_stopped(self, disk_gib: int) -> Decimal:
        """USD an hour while the machine is stopped."""
        return sum(self.standing(disk_gib).values(), Decimal(0))

    def worker(self, usd_an_hour: Decimal) -> dict[str, Decimal]:
        """USD an hour of each part of a worker that costs `usd_an_hour` without disk and address."""
        return {
            WORKERS: usd_an_hour,
            WORKER_DISKS: ROOT_DISK_GIB * self.disk_usd_a_gib_hour,
            WORKER_ADDRESSES: self.address_usd_an_hour,
        }

    def worker_usd_an_hour(self, instance_type: str, usd_an_hour: Decimal | None) -> Decimal | None:
        """The price of a worker's machine: the one at its birth if that was recorded, else the list price."""
        machine = self.machines.get(instance_type)
        return usd_an_hour if usd_an_hour is not None or machine is None else machine.usd_an_hour

    def usd_an_hour_running(self, instance_type: str, disk_gib: int) -> Decimal | None:
        """USD an hour while the machine runs; None if its price is not known."""
        machine = self.machines.get(instance_type)
        return None if machine is None else machine.usd_an_hour + self.usd_an_hour_stopped(disk_gib)
