"""Records → when the machine ran and who had a server. Pure; what the records do not tell is named, not guessed.

It is the timeline until one moment: what was noted later is left out. How old the evidence is counts too, because a
copy of the meter says nothing of what came after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from pophub.core.cost.boots import Boot, boots, milliseconds, moment, told
from pophub.core.cost.records import BEAT_SECONDS, Reading, Record, Step

__all__ = ["Run", "Timeline", "Visit", "milliseconds", "moment", "read", "timeline"]
MINUTE = timedelta(minutes=1)
BY_UPTIME = itemgetter(0)
# a machine that was heard of so lately still runs
SILENCE_MS = 3 * BEAT_SECONDS * 1000
# how often the watch copies the meter to the shelf while nothing happens (pophub/hub/watch/act.py); a stop it copies at once
COPIED_MS = 10 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Run:
    """The machine from a start to its stop, in milliseconds since 1970.

    `known` is false where nobody noted the stop; `silent_until` is then when the machine was certainly off, or now.
    """

    start: int
    end: int
    machine: str
    known: bool = True
    silent_until: int = 0


class Visit(NamedTuple):
    """One server of one person, from its start to its stop; None: how much memory it may use was not noted."""

    user: str
    server: str
    start: int
    end: int
    memory_gib: Decimal | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is known at `now`; `disks` is since when the home volume has had which size, `steps` when each was noted.

    `running` is None where that cannot be told; `goes_on` is whether the meter has records of later.
    """

    runs: tuple[Run, ...]
    visits: tuple[Visit, ...]
    disks: tuple[tuple[int, int], ...]
    now: int
    running: bool | None
    notes: tuple[str, ...]
    goes_on: bool = False
    steps: tuple[tuple[int, Step], ...] = ()

    @property
    def born(self) -> int:
        """The first start; without any, now."""
        return self.runs[0].start if self.runs else self.now

    @property
    def machine(self) -> str:
        """The machine that there was last."""
        return self.runs[-1].machine if self.runs else ""

    @property
    def disk_gib(self) -> int | None:
        """The disk that there was last; None: its size was not noted."""
        return self.disks[-1][1] if self.disks else None


def read(lines: Iterable[bytes], *, now: datetime, heard: datetime | None = None) -> Timeline:
    """The timeline of a meter's lines, with what is wrong with them among its notes."""
    reading = Reading(lines)
    line = timeline(reading, now=now, heard=heard)
    checks = [
        (reading.unreadable, "cannot be read, as after a power loss, and are left out"),
        (reading.duplicates, "stood there twice and count once"),
    ]
    notes = [f"{count} lines of the meter {what}" for count, what in checks if count]
    age = timedelta(0) if heard is None else now - heard
    if age >= MINUTE:
        notes.append(f"the copy of the meter is {age // MINUTE} minutes old: what came after it is not known here")
    return replace(line, notes=(*notes, *line.notes))


def timeline(records: Iterable[Record], *, now: datetime, heard: datetime | None = None) -> Timeline:
    """Put records together, in whatever order they come; `heard` is when a copy was made, without it they are the original."""
    at = milliseconds(now)
    ordered, notes = boots(records, now=at)
    begun = [boot for boot in ordered if boot.start <= at]
    runs = _runs(begun, at)
    running = _running(runs, begun, at, at if heard is None else min(milliseconds(heard), at))
    if running and runs[-1].end < at:
        runs[-1] = replace(runs[-1], end=at)
    visits: list[Visit] = []
    disks: list[tuple[int, int]] = []
    lost = 0
    for boot, run in zip(begun, runs, strict=True):
        lost += _visits(boot, run, visits)
        disks += [(boot.start + up, gib) for up, gib in sorted(boot.disks) if boot.start + up <= at]
    if disks:
        # as large as it was when it was first looked at, some seconds after the first boot
        disks[0] = (min(disks[0][0], runs[0].start), disks[0][1])
    if lost:
        notes.append(f"{lost} stops of servers whose start was not noted: their hours are not counted")
    notes += _silences(runs, running=running)
    goes_on = any(boot.end > at for boot in ordered)
    noted = ((boot.start + up, step) for boot in begun for up, step in boot.steps)
    steps = tuple(it for it in noted if it[0] <= at)
    return Timeline(tuple(runs), tuple(visits), tuple(disks), at, running, tuple(notes), goes_on, steps)


def _runs(begun: list[Boot], now: int) -> list[Run]:
    """One run a boot, as far as it is known, and not beyond now."""
    runs: list[Run] = []
    for index, boot in enumerate(begun):
        following = begun[index + 1].start if index + 1 < len(begun) else now
        known, end = boot.stopped and boot.end <= now, min(boot.end, now)
        runs.append(Run(boot.start, end, boot.machine, known, max(end, following)))
    return runs


def _running(runs: list[Run], begun: list[Boot], now: int, heard: int) -> bool | None:
    """Whether the machine runs now: it was noted later, or so lately that a stop would have been heard of."""
    if not runs or runs[-1].known:
        return False
    if begun[-1].end > now:
        return True
    if heard - runs[-1].end > SILENCE_MS:
        return False
    return True if now - heard <= COPIED_MS + SILENCE_MS else None


def _visits(boot: Boot, run: Run, visits: list[Visit]) -> int:
    """Add the boot's visits; answer how many stops have no start. Whoever is still there stays until the machine stops."""
    open_: dict[tuple[str, str], tuple[int, Decimal | None]] = {}
    lost = 0
    for up, comes, whose, memory in sorted(boot.turns, key=BY_UPTIME):
        at = run.start + up
        if at > run.end:
            break
        before = open_.pop(whose, None)
        if before is not None:
            visits.append(tuple.__new__(Visit, (*whose, before[0], at, before[1])))
        elif not comes:
            lost += 1
        if comes:
            open_[whose] = (at, memory)
    visits += [Visit(*whose, start, run.end, memory) for whose, (start, memory) in open_.items()]
    return lost


def _silences(runs: list[Run], *, running: bool | None) -> list[str]:
    quiet = [run for run in (runs if running is False else runs[:-1]) if not run.known]
    notes = [
        f"nobody noted the stop after {told(run.end)}: it is counted until then, and the machine may have run "
        f"up to {timedelta(milliseconds=run.silent_until - run.end) // MINUTE} minutes longer"
        for run in quiet
    ]
    if running is None:
        notes.append(
            f"the machine ran at {told(runs[-1].end)}, and whether it still does is not known: it is counted until then"
        )
    return notes
