"""Constants that plans, reports and the hub share. It imports nothing of pophub."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

# https://jupyterhub.readthedocs.io/en/stable/explanation/capacity-planning.html: the hub needs 0.5 GiB and a quarter
# of a core; the rest is for its proxy, Docker and the system
HUB_MEMORY_GIB = Decimal(2)
# Docker and the system of a worker: the engine and containerd took 110 MB, measured with Debian 13, 2026-11
WORKER_SYSTEM_GIB = Decimal("0.5")
# Swarm places by the memory that the kernel tells, and one slot less on each worker would leave people without a server.
# On EC2 (r5 and m5) the kernel keeps 2.6 % and about 0.35 GiB: 2.7 % of 512 GiB, 3.1 % of 64, 3.5 % of 32. On 16 GiB it is
# 5.2 %, and WORKER_SYSTEM_GIB is enough for the rest:
# https://github.com/2i2c-org/infrastructure/blob/main/deployer/commands/generate/resource_allocation/instance_capacities.yaml
WORKER_KERNEL_SHARE = Decimal("0.04")
# the part of a virtual machine's memory that its kernel does not give to programs; `free` showed about 3 %
KERNEL_SHARE = Decimal("0.03")
# a report warns about a price table that is older than this
OLD_TABLE = timedelta(days=90)


def usable_gib(memory_gib: Decimal) -> Decimal:
    """The memory that servers can use on a machine of this size; negative for a very small machine."""
    return memory_gib * (1 - KERNEL_SHARE) - HUB_MEMORY_GIB


def usable_gib_of_worker(memory_gib: Decimal) -> Decimal:
    """The memory that servers can use on a worker of this size; negative for a very small machine."""
    return memory_gib * (1 - WORKER_KERNEL_SHARE) - WORKER_SYSTEM_GIB
