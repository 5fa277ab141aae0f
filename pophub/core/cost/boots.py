"""Records → the boots of the machine, in the order of time, each with the moment at which it began. Pure.

How long a boot lasted is told by its uptime, and which came first by the meter's file, which only ever grows. So a clock
that was wrong throughout a boot moves that boot, and what it is moved to is bounded by those around it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from pophub.core.cost.records import Kind, Record, Step

# looking a member up takes longer than looking at a record
BEAT, COMES, GOES = Kind.BEAT, Kind.SERVER_START, Kind.SERVER_STOP
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
# there was no meter before; a clock that says so has not been set
FIRST_METER = datetime(2026, 1, 1, tzinfo=UTC)
# a clock that is off by so little is nothing to talk about
JITTER_MS = 5_000


def milliseconds(moment: datetime) -> int:
    """An aware moment as milliseconds since 1970."""
    return (moment - EPOCH) // MILLISECOND


def moment(ms: int) -> datetime:
    """Milliseconds since 1970 as an aware moment, in UTC."""
    return EPOCH + ms * MILLISECOND


def told(ms: int) -> str:
    """A moment in a note."""
    return f"{moment(ms):%Y-%m-%d %H:%M} UTC"


class Turn(NamedTuple):
    """A server starts or stops, so many milliseconds after the boot; `whose` is user and server."""

    up: int
    comes: bool
    whose: tuple[str, str]
    memory_gib: Decimal | None


@dataclass(slots=True)
class Boot:
    """What the records of one boot say. `start` is by its own clock until all boots are put in order."""

    name: str
    clocks: array[int] = field(default_factory=lambda: array("q"))
    last: int = -1
    last_kind: Kind = Kind.BEAT
    machine: str = ""
    turns: list[Turn] = field(default_factory=list)
    disks: list[tuple[int, int]] = field(default_factory=list)
    steps: list[tuple[int, Step]] = field(default_factory=list)
    late: int = 0
    start: int = 0

    def take(self, record: Record, names: dict[tuple[str, str], tuple[str, str]]) -> None:
        """Note one record; `names` has each name once, however many servers are called so."""
        _, kind, at, _, up, machine, disk, user, server, memory, step = record
        if up >= self.last:
            self.last, self.last_kind = up, kind
        else:
            self.late += 1
        if kind is COMES or kind is GOES:
            whose = (user, server)
            # as Turn(…) does, in half the time
            self.turns.append(tuple.__new__(Turn, (up, kind is COMES, names.setdefault(whose, whose), memory)))
            if self.clocks:
                # a beat a minute tells the clock well enough
                return
        self.clocks.append((at - EPOCH) // MILLISECOND - up)
        if kind is not BEAT:
            self.machine = machine or self.machine
            if disk is not None:
                self.disks.append((up, disk))
            if step is not None:
                self.steps.append((up, step))

    @property
    def end(self) -> int:
        """When it was last heard of."""
        return self.start + max(self.last, 0)

    @property
    def stopped(self) -> bool:
        """Whether its stop is the last that was noted."""
        return self.last_kind is Kind.STOP

    def median(self) -> tuple[int, int]:
        """When it began by the middle of what its clock said, and how far that was off at most."""
        clocks = sorted(self.clocks)
        middle = clocks[len(clocks) // 2]
        return middle, max(clocks[-1] - middle, middle - clocks[0])


def boots(records: Iterable[Record], *, now: int) -> tuple[list[Boot], list[str]]:
    """The boots in the order of time, none before the one before it has ended; and what is to be said of them.

    Where the file is whole, its order is theirs, and a clock that contradicts it was wrong; else they go by their clocks.
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
            notes.append(f"{_off(off)} in the run of {told(boot.start)}: hours count by uptime")
    late = sum(boot.late for boot in found.values())
    ordered = list(found.values())
    if late or not in_order:
        ordered.sort(key=lambda boot: (boot.start, boot.name))
    notes += _put_in_order(ordered, now)
    return ordered, [*notes, *([f"{late} records were out of order"] if late else [])]


def _put_in_order(ordered: list[Boot], now: int) -> Iterator[str]:
    """Move the boots whose clock cannot have been right to where they fit, and say so."""
    by_clock = [boot.start for boot in ordered]
    right = _credible(by_clock)
    before: int | None = None
    for index, boot in enumerate(ordered):
        if before is not None:
            boot.start = max(boot.start, before) if index in right else before
        if before is not None or index in right:
            before = boot.end
    # those before the first whose clock was right end when it begins; where none was, the last one ends now
    first = min(right, default=len(ordered))
    following = ordered[first].start if right else now
    for boot in reversed(ordered[:first]):
        boot.start = following - max(boot.last, 0)
        following = boot.start
    for boot, said in zip(ordered, by_clock, strict=True):
        if abs(boot.start - said) > JITTER_MS:
            yield (
                f"the machine's clock said {told(said)} when a run began, which was at {told(boot.start)} or so by all "
                "else: its hours count by uptime, and when they were is not known"
            )


def _credible(starts: list[int]) -> set[int]:
    """The places of as many starts as can be right at once, because none comes before an earlier one.

    Where there is a choice, those that are closest together: what nobody knows does not make a hub older.
    """
    least, last = milliseconds(FIRST_METER), len(starts) - 1
    forward = _longest([(start, place) for place, start in enumerate(starts) if start >= least])
    backward = _longest([(-start, last - place) for place, start in reversed([*enumerate(starts)]) if start >= least])
    ways = [forward, [last - place for place in reversed(backward)]]
    return set(min(ways, key=lambda way: _spread([starts[place] for place in way])))


def _spread(starts: list[int]) -> int:
    return starts[-1] - starts[0] if starts else 0


def _longest(starts: list[tuple[int, int]]) -> list[int]:
    """The longest way through the starts that never goes back, by their places."""
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
