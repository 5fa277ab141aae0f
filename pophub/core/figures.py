"""What plans, reports and the hub itself count with alike. Plain figures, with nothing to read behind them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

# https://jupyterhub.readthedocs.io/en/stable/explanation/capacity-planning.html: the hub takes 0.5 GiB and a quarter
# of a core; the rest is for its proxy, Docker and the system
HUB_MEMORY_GIB = Decimal(2)
# what a virtual machine's kernel does not hand out of the memory on its label; about 3 % where `free` was looked at
KERNEL_SHARE = Decimal("0.03")
# a price table of which one is told how old it is
OLD_TABLE = timedelta(days=90)


def usable_gib(memory_gib: Decimal) -> Decimal:
    """What servers may use of a machine with so much memory; of a very small one that is less than nothing."""
    return memory_gib * (1 - KERNEL_SHARE) - HUB_MEMORY_GIB
