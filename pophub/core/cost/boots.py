"""Records → the boots of the hub's machine in order of time, each with the moment at which it began. Pure.

The length of a boot comes from uptime. The order of boots comes from the meter file, which only grows. If a boot's
clock was wrong, the boot is moved in time to fit between its neighbours.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from pophub.core.cost.records import BudgetStep, Kind, Record
from pophub.core.cost.wake import Wake
from pophub.core.cost.worker import Worker

# these loops handle very many records, and a global is faster than looking up an enum member
BEAT, COMES, GOES = Kind.BEAT, Kind.SERVER_START, Kind.SERVER_STOP
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
# no meter existed before this date; a clock that shows an earlier time was not set
FIRST_METER = datetime(2026, 1, 1, tzinfo=UTC)
# smaller clock errors are not reported
JITTER_MS = 5_000


def milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def moment(ms: int) -> datetime:
    return EPOCH + ms * MILLISECOND


def as_note(ms: int) -> str:
    """A moment as a note shows it."""
    return f"{moment(ms):%Y-%m-%d %H:%M} UTC"


class Turn(NamedTuple):
    """A server starts or stops, `up` milliseconds after the boot; `whose` is (user, server)."""

    up: int
    comes: bool
    whose: tuple[str, str]
    memory_gib: Decimal | None


@dataclass(slots=True)
class Boot:
    """What the records of one boot contain. `start` comes from its own clock until all boots are put in order."""

    name: str
    clocks: array[int] = field(default_factory=lambda: array("q"))
    last: int = -1
    last_kind: Kind = Kind.BEAT
    machine: str = ""
    turns: list[Turn] = field(default_factory=list)
    disks: list[tuple[int, int]] = field(default_factory=list)
    steps: list[tuple[int, BudgetStep]] = field(default_factory=list)
    # (milliseconds after the boot, whether it starts or stops, the worker)
    workers: list[tuple[int, bool, Worker]] = field(default_factory=list)
    # whether participants' servers ran on workers, and none on the hub's machine
    on_workers: bool = False
    # of a machine that somebody started from the off page
    wake: Wake | None = None
    late: int = 0
    start: int = 0

    def take(self, record: Record, names: dict[tuple[str, str], tuple[str, str]]) -> None:
        """Add one record. `names` keeps one copy of each (user, server) pair, to save memory."""
        _, kind, at, _, up, machine, disk, user, server, memory, step, worker, on_workers, wake = record
        if up >= self.last:
            self.last, self.last_kind = up, kind
        else:
            self.late += 1
        if kind is COMES or kind is GOES:
            whose = (user, server)
            # the same as Turn(…), in half the time
            self.turns.append(tuple.__new__(Turn, (up, kind is COMES, names.setdefault(whose, whose), memory)))
            if self.clocks:
                # the beats, one a minute, are enough to know the clock
                return
        self.clocks.append((at - EPOCH) // MILLISECOND - up)
        if kind is not BEAT:
            self.machine = machine or self.machine
            self.wake = self.wake or wake
            self.on_workers = self.on_workers or on_workers or worker is not None
            if disk is not None:
                self.disks.append((up, disk))
            if step is not None:
                self.steps.append((up, step))
            if worker is not None:
                self.workers.append((up, kind is Kind.WORKER_START, worker))

    @property
    def end(self) -> int:
        """The moment of the last record."""
        return self.start + max(self.last, 0)

    @property
    def stopped(self) -> bool:
        """Whether the last record is a stop of the machine."""
        return self.last_kind is Kind.STOP

    def median(self) -> tuple[int, int]:
        """The start by the median of all clock readings, and the largest distance of a reading from that median."""
        clocks = sorted(self.clocks)
        middle = clocks[len(clocks) // 2]
        return middle, max(clocks[-1] - middle, middle - clocks[0])


def boots(records: Iterable[Record], *, now: int) -> tuple[list[Boot], list[str]]:
    """The boots in order of time, without overlaps, and notes about clocks and records that were wrong.

    If the file is in order, boots keep its order, and a clock that contradicts the order was wrong. If it is not, boots
    are sorted by their clocks.
    """
    found: dict[str, Boot] = {}
    names: dict[tuple[str, str], tuple[str, str]] = {}
    current: Boot | None = None
    in_order = True
    for record in records:
        name = record.boot
        if current is None or name != current.name:
            in_order = in_order and name not in found
            current = found.setdefault(name, Boot(name))
        current.take(record, names)
    notes: list[str] = []
    for boot in found.values():
        boot.start, off = boot.median()
        if off > JITTER_MS:
            notes.append(f"{_off(off)} in the run of {as_note(boot.start)}: hours count by uptime")
    late = sum(boot.late for boot in found.values())
    ordered = list(found.values())
    if late or not in_order:
        ordered.sort(key=lambda boot: (boot.start, boot.name))
    notes += _put_in_order(ordered, now)
    return ordered, [*notes, *([f"{late} records were out of order"] if late else [])]


def _put_in_order(ordered: list[Boot], now: int) -> Iterator[str]:
    """Move each boot whose clock must have been wrong to a place where it fits, and yield a note about it."""
    by_clock = [boot.start for boot in ordered]
    right = _credible(by_clock)
    before: int | None = None
    for index, boot in enumerate(ordered):
        if before is not None:
            boot.start = max(boot.start, before) if index in right else before
        if before is not None or index in right:
            before = boot.end
    # boots before the first credible one end where the next one begins; without a credible boot, the last one ends now
    first = min(right, default=len(ordered))
    following = ordered[first].start if right else now
    for boot in reversed(ordered[:first]):
        boot.start = following - max(boot.last, 0)
        following = boot.start
    for boot, claimed in zip(ordered, by_clock, strict=True):
        if abs(boot.start - claimed) > JITTER_MS:
            yield (
                f"the machine's clock said {as_note(claimed)} when a run began, which was at {as_note(boot.start)} or so by all "
                "else: its hours count by uptime, and when they were is not known"
            )


def _credible(starts: list[int]) -> set[int]:
    """The indexes of the largest set of starts that can all be right, because they are in ascending order.

    If several sets have that size, take the one with the shortest span: an unknown time must not make the hub look
    older.
    """
    least, last = milliseconds(FIRST_METER), len(starts) - 1
    forward = _longest([(start, place) for place, start in enumerate(starts) if start >= least])
    backward = _longest([(-start, last - place) for place, start in reversed([*enumerate(starts)]) if start >= least])
    ways = [forward, [last - place for place in reversed(backward)]]
    return set(min(ways, key=lambda way: _spread([starts[place] for place in way])))


def _spread(starts: list[int]) -> int:
    return starts[-1] - starts[0] if starts else 0


def _longest(starts: list[tuple[int, int]]) -> list[int]:
    """The indexes of a longest ascending subsequence."""
    tails: list[tuple[int, int]] = []
    previous: dict[int, int | None] = {}
    for start in starts:
        place = bisect_right(tails, start)
        previous[start[1]] = tails[place - 1][1] if place else None
        tails[place : place + 1] = [start]
    way: list[int] = []
    at = tails[-1][1] if tails else None
    while at is not None:
        way.append(at)
        at = previous[at]
    return way[::-1]


def _off(ms: int) -> str:
    return f"the machine's clock was off by up to {timedelta(milliseconds=ms // 1000 * 1000)}"
