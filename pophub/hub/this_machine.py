"""The current time on this machine: its clock, its boot, and the time since the boot, which a changed clock cannot affect."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from pophub.core.cost.records import Moment

# https://docs.kernel.org/admin-guide/sysctl/kernel.html#random: a new id after each boot
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def moment() -> Moment:
    up = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return Moment(datetime.now(UTC), BOOT_ID.read_text().strip(), up)
