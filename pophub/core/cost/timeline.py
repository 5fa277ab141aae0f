"""Records → when the machines ran and who had a server. Pure; a gap in the records becomes a note.

The timeline ends at one moment; later records are left out. The age of a copy of the meter counts too, because the copy
does not contain what happened after it was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from pophub.core.cost.boots import Boot, as_note, boots, milliseconds, moment
from pophub.core.cost.lives import Life, ended_unseen, lives
from pophub.core.cost.records import BEAT_SECONDS, BudgetStep, Reading, Record
from pophub.core.cost.wake import Wake

__all__ = ["Run", "Timeline", "Visit", "milliseconds", "moment", "read", "timeline"]
MINUTE = timedelta(minutes=1)
BY_UPTIME = itemgetter(0)
# a machine with a record in this span still runs
SILENCE_MS = 3 * BEAT_SECONDS * 1000
# how often cost-watch copies the meter to the account bucket while nothing happens (pophub/hub/watch/act.py); a stop is
# copied at once
COPIED_MS = 10 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Run:
    """The hub's machine from a start to its stop, in milliseconds since 1970.

    `known` is false if the stop was not recorded; then `silent_until` is the next start, or now: it cannot
    have run longer. `on_workers` is true if workers ran the servers, and the hub's machine none; `wake` is its
    start from the off page, if that is how it was started.
    """

    start: int
    end: int
    machine: str
    known: bool = True
    silent_until: int = 0
    on_workers: bool = False
    wake: Wake | None = None


class Visit(NamedTuple):
    """One server of one person, from its start to its stop. `memory_gib` is None if its memory limit was not recorded."""

    user: str
    server: str
    start: int
    end: int
    memory_gib: Decimal | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is known at `now`. `disks` are (since when, GiB of the home volume), `steps` are (when, budget step).

    `running` is None if that is not known; `goes_on` is true if the meter has records after `now`.
    """

    runs: tuple[Run, ...]
    visits: tuple[Visit, ...]
    disks: tuple[tuple[int, int], ...]
    now: int
    running: bool | None
    notes: tuple[str, ...]
    goes_on: bool = False
    steps: tuple[tuple[int, BudgetStep], ...] = ()
    workers: tuple[Life, ...] = ()

    @property
    def on_workers(self) -> bool:
        """Whether workers ran servers in any run."""
        return any(run.on_workers for run in self.runs)

    @property
    def running_workers(self) -> tuple[Life, ...]:
        """The workers that run at `now`, as far as the hub saw; none if the hub does not run."""
        return tuple(it for it in self.workers if it.end >= self.now and not it.known) if self.running else ()

    @property
    def born(self) -> int:
        """The first start; `now` if there is no run."""
        return self.runs[0].start if self.runs else self.now

    @property
    def machine(self) -> str:
        """The instance type of the last run."""
        return self.runs[-1].machine if self.runs else ""

    @property
    def disk_gib(self) -> int | None:
        """The home volume's last recorded size; None if it was not recorded."""
        return self.disks[-1][1] if self.disks else None


def read(lines: Iterable[bytes], *, now: datetime, heard: datetime | None = None) -> Timeline:
    """The timeline of a meter's lines; damaged lines become notes.

    `heard` is when the copy of the meter was made; None if the lines are the original.
    """
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
    """The timeline of records in any order. `heard` is when the copy was made; None if the records are the original."""
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
        # the first record comes some seconds after the first boot; assume that the disk had this size from the boot on
        disks[0] = (min(disks[0][0], runs[0].start), disks[0][1])
    if lost:
        notes.append(f"{lost} stops of servers whose start was not noted: their hours are not counted")
    workers = lives((boot, run.end) for boot, run in zip(begun, runs, strict=True))
    still_open = runs[-1].end if running is None else None
    notes += [*_silences(runs, running=running), *ended_unseen(workers, at, still_open)]
    goes_on = any(boot.end > at for boot in ordered)
    noted = ((boot.start + up, step) for boot in begun for up, step in boot.steps)
    steps = tuple(it for it in noted if it[0] <= at)
    return Timeline(tuple(runs), tuple(visits), tuple(disks), at, running, tuple(notes), goes_on, steps, workers)


def _runs(begun: list[Boot], now: int) -> list[Run]:
    """One run for each boot, until its last record, and never beyond now."""
    runs: list[Run] = []
    for index, boot in enumerate(begun):
        following = begun[index + 1].start if index + 1 < len(begun) else now
        known, end = boot.stopped and boot.end <= now, min(boot.end, now)
        runs.append(Run(boot.start, end, boot.machine, known, max(end, following), boot.on_workers, boot.wake))
    return runs


def _running(runs: list[Run], begun: list[Boot], now: int, heard: int) -> bool | None:
    """Whether the machine runs now: it has later records, or records so recent that a stop would have been copied.

    None if the copy is too old to know.
    """
    if not runs or runs[-1].known:
        return False
    if begun[-1].end > now:
        return True
    if heard - runs[-1].end > SILENCE_MS:
        return False
    return True if now - heard <= COPIED_MS + SILENCE_MS else None


def _visits(boot: Boot, run: Run, visits: list[Visit]) -> int:
    """Add the boot's visits and return how many stops have no start. A visit without a stop ends with the run."""
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
        f"nobody noted the stop after {as_note(run.end)}: it is counted until then, and the machine may have run "
        f"up to {timedelta(milliseconds=run.silent_until - run.end) // MINUTE} minutes longer"
        for run in quiet
    ]
    if running is None:
        notes.append(
            f"the machine ran at {as_note(runs[-1].end)}, and whether it still does is not known: it is counted until then"
        )
    return notes
