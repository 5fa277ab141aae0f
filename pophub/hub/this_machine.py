"""What a machine knows of itself: its clock, its boot, the time since the boot (a changed clock cannot affect it), its memory."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from pophub.core.cost.records import Moment

# https://docs.kernel.org/admin-guide/sysctl/kernel.html#random: a new id after each boot
PROC = Path("/proc")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def moment() -> Moment:
    up = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return Moment(datetime.now(UTC), BOOT_ID.read_text().strip(), up)


def memory(proc: Path = PROC) -> tuple[int, int]:
    """The machine's memory and what is available of it, in bytes."""
    lines = dict(line.split(":") for line in (proc / "meminfo").read_text().splitlines())
    total, available = (int(lines[name].split()[0]) * 1024 for name in ("MemTotal", "MemAvailable"))
    return total, available
