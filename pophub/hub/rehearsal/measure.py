"""Measure what the machine and the pretended people's servers use, from /proc and from their homes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pophub.core.contract import is_pretended
from pophub.hub.archive.homes import homes_in

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
NAME = b"JUPYTERHUB_USER="
PROC = Path("/proc")


@dataclass(slots=True)
class Taken:
    """The memory (PSS, in bytes) and processor seconds of one server's processes."""

    memory: int = 0
    cpu_seconds: float = 0.0


def busy_seconds(proc: Path = PROC, cpus: int | None = None) -> float:
    """The sum over all processors of the seconds since the boot in which they were not idle; waiting for a disk counts.

    https://man7.org/linux/man-pages/man5/proc_uptime.5.html
    """
    up, idle = map(float, (proc / "uptime").read_text().split())
    return up * (cpus or os.cpu_count() or 1) - idle


def servers(proc: Path = PROC) -> dict[str, Taken]:
    """What each pretended person's server uses now. Processes that end meanwhile are left out."""
    found: dict[str, Taken] = {}
    for folder in proc.iterdir():
        if not folder.name.isdigit() or not (user := _user(folder)):
            continue
        try:
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            pss = next(_pss(folder), 0)
        except (OSError, ValueError):
            continue
        taken = found.setdefault(user, Taken())
        taken.memory += pss
        taken.cpu_seconds += sum(map(int, fields[11:15])) / TICKS_A_SECOND
    return found


def home_bytes(homes: Path) -> dict[str, int]:
    """The bytes on the disk of each pretended person's home."""
    return {user: sum(_blocks(home)) for user, home in pretended_homes(homes)}


def pretended_homes(homes: Path) -> Iterator[tuple[str, Path]]:
    """Each pretended person's home, with the user's name."""
    for home in homes_in(homes, pretended=True):
        yield home.user, homes / home.folder


def _user(folder: Path) -> str:
    """The pretended person whose process this is; empty for every other process."""
    try:
        variables = (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    names = (it.removeprefix(NAME).decode(errors="replace") for it in variables if it.startswith(NAME))
    name = next(names, "")
    return name if is_pretended(name) else ""


def _pss(folder: Path) -> Iterator[int]:
    for line in (folder / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            yield int(line.split()[1]) * 1024


def _blocks(home: Path) -> Iterator[int]:
    for folder, _, files in os.walk(home):
        for name in files:
            try:
                yield Path(folder, name).lstat().st_blocks * 512
            except FileNotFoundError:
                continue
