"""The memory of each participant's server on this machine, from the kernel's control groups; the hub and its workers read it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from pophub.hub.watch.processes import server_processes

CGROUPS = Path("/sys/fs/cgroup")


def memory_of_servers(proc: Path, cgroups: Path = CGROUPS) -> dict[str, int]:
    """The bytes that each person's server uses, without what the kernel can drop at once; what cannot be read is left out.

    Raises:
        OSError: the processes cannot be listed.
    """
    found = {}
    for user, pid in server_processes(proc).items():
        with suppress(OSError, ValueError, KeyError):
            found[user] = _memory_of(proc / str(pid), cgroups)
    return found


def _memory_of(process: Path, cgroups: Path) -> int:
    """https://docs.kernel.org/admin-guide/cgroup-v2.html#memory, and version 1 for older kernels."""
    for line in (process / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers and (cgroups / path[1:] / "memory.current").exists():
            return _used(cgroups / path[1:], "memory.current", "inactive_file")
        if "memory" in controllers.split(","):
            return _used(cgroups / "memory" / path[1:], "memory.usage_in_bytes", "total_inactive_file")
    raise KeyError(process.name)


def _used(group: Path, current: str, droppable: str) -> int:
    stat = dict(line.split(" ", 1) for line in (group / "memory.stat").read_text().splitlines())
    return int((group / current).read_text()) - int(stat[droppable])
