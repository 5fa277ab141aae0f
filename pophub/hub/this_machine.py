"""The moment as this machine knows it: its clock, its boot, and the time since then, which no clock can set back."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from pophub.core.cost.records import Moment

# https://docs.kernel.org/admin-guide/sysctl/kernel.html#random: another one after each boot
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def moment() -> Moment:
    """Now."""
    up = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return Moment(datetime.now(UTC), BOOT_ID.read_text().strip(), up)
