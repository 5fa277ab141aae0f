"""The meter's records, one JSON object for each line. Pure: lines in, records out; unreadable lines are counted.

A record has the wall clock (`at`), which may be wrong, and the boot's id with the milliseconds since that boot, which
only grow. Durations come from the milliseconds. A record's id is computed from its content, so that an event that is
recorded twice counts once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2s
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from pophub.core.cost.wake import Wake
from pophub.core.cost.worker import Worker


class Kind(StrEnum):
    START = "hub-start"  # once for each boot; with the machine and the disk
    BEAT = "beat"  # every minute, so that the end of a boot without a stop record is known to a minute
    RESIZE = "resize"  # the disk grew while the machine ran
    STOP = "hub-stop"  # before power-off
    STEP = "budget-step"  # the first time that cost-watch finds this step of the budget reached; once for each budget
    SERVER_START = "server-start"
    SERVER_STOP = "server-stop"
    WAKE = "wake"  # once in a boot that somebody started from the off page
    WORKER_START = "worker-start"  # the first time that the hub sees a worker, and again after each boot of the hub
    WORKER_STOP = "worker-stop"


# how often a running hub writes a beat
BEAT_SECONDS = 60
LINES_AT_ONCE = 1000
KINDS = {str(kind): kind for kind in Kind}
ALWAYS = itemgetter("id", "kind", "at", "boot", "up")
# limits for a valid record: years that keep all date arithmetic possible, a boot of ten years, a PiB of memory
YEARS = range(1970, 2200)
LONGEST_UP_MS = 10 * 366 * 24 * 3_600_000
MOST_GIB = 2**20
GIB_PLACES = 6
MOST_USD = 10**9
MOST_PERCENT = 1000
# the kinds of most records, which have no fields of their own kind
PLAIN = {str(kind) for kind in (Kind.BEAT, Kind.RESIZE, Kind.STOP, Kind.SERVER_START, Kind.SERVER_STOP)}


@dataclass(frozen=True, slots=True)
class Moment:
    """The current time, as the machine knows it."""

    at: datetime
    boot: str
    up_ms: int


class BudgetStep(NamedTuple):
    """A step of the budget was reached: the step in percent, the spending at that moment, and the budget."""

    percent: int
    spent_usd: Decimal
    budget_usd: Decimal


class Record(NamedTuple):
    """One line of the meter; a field that a kind of record does not have is empty or None.

    `on_workers` is true in a start of the hub's machine that runs no servers, because workers do.
    """

    id: str
    kind: Kind
    at: datetime
    boot: str
    up_ms: int
    machine: str = ""
    disk_gib: int | None = None
    user: str = ""
    server: str = ""
    memory_gib: Decimal | None = None
    step: BudgetStep | None = None
    worker: Worker | None = None
    on_workers: bool = False
    wake: Wake | None = None


def of_hub(
    kind: Kind, now: Moment, *, machine: str = "", disk_gib: int | None = None, on_workers: bool = False
) -> Record:
    """A start, a beat, a resize or a stop of the hub's machine; a wake without what is known of it."""
    id_ = _id(now.boot, kind, str(now.up_ms))
    return Record(id_, kind, now.at, now.boot, now.up_ms, machine, disk_gib, on_workers=on_workers)


def of_server(
    kind: Kind, now: Moment, user: str, server: str, *, started: datetime, memory_gib: Decimal | None = None
) -> Record:
    """A start or a stop of a participant's server; `started` is the hub's own start time and distinguishes two starts."""
    id_ = _id(now.boot, kind, user, server, started.astimezone(UTC).isoformat(timespec="seconds"))
    return Record(id_, kind, now.at, now.boot, now.up_ms, user=user, server=server, memory_gib=memory_gib)


def of_step(now: Moment, step: BudgetStep) -> Record:
    """A step of the budget was reached. The same step of the same budget always has the same id."""
    id_ = _id("", Kind.STEP, str(step.percent), f"{step.budget_usd.normalize():f}")
    return Record(id_, Kind.STEP, now.at, now.boot, now.up_ms, step=step)


def of_worker(kind: Kind, now: Moment, worker: Worker) -> Record:
    """A start or a stop of a worker."""
    id_ = _id(now.boot, kind, worker.id, str(now.up_ms))
    return Record(id_, kind, now.at, now.boot, now.up_ms, worker=worker)


def as_line(record: Record) -> bytes:
    """The record as one line with its newline. A line that was cut is no valid JSON, so it is never misread."""
    fields = {
        "id": record.id,
        "kind": record.kind,
        "at": record.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "boot": record.boot,
        "up": record.up_ms,
        "machine": record.machine,
        "disk_gib": record.disk_gib,
        "user": record.user,
        "server": record.server,
        "memory_gib": None if record.memory_gib is None else str(record.memory_gib),
    }
    if record.step is not None:
        fields |= {key: it if isinstance(it, int) else f"{it:f}" for key, it in record.step._asdict().items()}
    if record.worker is not None:
        fields |= record.worker.as_json()
    if record.wake is not None:
        fields |= record.wake.as_json()
    if record.on_workers:
        fields["on_workers"] = True
    return json.dumps({key: value for key, value in fields.items() if value not in ("", None)}).encode() + b"\n"


class Reading:
    """Iterate over the records of some lines, each once.

    `unreadable` and `duplicates` are complete after the last record.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.unreadable = 0
        self.duplicates = 0

    def __iter__(self) -> Iterator[Record]:
        seen: set[str] = set()
        for fields in self._objects():
            try:
                record = _record(fields)
            except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
                self.unreadable += 1
                continue
            if record.id in seen:
                self.duplicates += 1
                continue
            seen.add(record.id)
            yield record

    def _objects(self) -> Iterator[Any]:
        """The JSON value of each line. Parses many lines at once, and line by line only if one of them is damaged."""
        lines = iter(self._lines)
        while some := list(islice(lines, LINES_AT_ONCE)):
            chunk = [line for line in some if line.strip()]
            try:
                found = json.loads(b"[%s]" % b",".join(chunk))
            except (ValueError, RecursionError):
                found = None
            yield from found if found is not None and len(found) == len(chunk) else self._one_by_one(chunk)

    def _one_by_one(self, lines: list[bytes]) -> Iterator[Any]:
        for line in lines:
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                self.unreadable += 1


def _record(fields: Any) -> Record:
    """The record in a JSON object.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, InvalidOperation: a value is missing, wrong or out of range.
    """
    id_, kind, at, boot, up = ALWAYS(fields)
    get = fields.get
    machine, disk, user, server, memory = (
        get("machine", ""), get("disk_gib"), get("user", ""), get("server", ""), get("memory_gib"),
    )  # fmt: skip
    if not (type(id_) is type(boot) is type(machine) is type(user) is type(server) is str):
        raise ValueError(fields)
    if type(up) is not int or not 0 <= up <= LONGEST_UP_MS:
        raise ValueError(fields)
    if disk is not None and (type(disk) is not int or not 0 < disk <= MOST_GIB):
        raise ValueError(fields)
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None or moment.year not in YEARS:
        raise ValueError(fields)
    gib = memory if memory is None else _gib(memory)
    step, worker, on_workers, wake = (None, None, False, None) if kind in PLAIN else _special(kind, fields)
    # the same as Record(…), in half the time
    return tuple.__new__(
        Record,
        (id_, KINDS[kind], moment, boot, up, machine, disk, user, server, gib, step, worker, on_workers, wake),
    )


def _special(kind: str, fields: Any) -> tuple[BudgetStep | None, Worker | None, bool, Wake | None]:
    """The fields that only this kind of record has."""
    return (
        _step(fields) if kind == Kind.STEP else None,
        Worker.from_json(fields) if kind in (Kind.WORKER_START, Kind.WORKER_STOP) else None,
        kind == Kind.START and fields.get("on_workers") is True,
        Wake.from_json(fields) if kind == Kind.WAKE else None,
    )


def _step(fields: Any) -> BudgetStep:
    percent, spent, budget = fields["percent"], Decimal(fields["spent_usd"]), Decimal(fields["budget_usd"])
    if type(percent) is not int or not 0 < percent <= MOST_PERCENT:
        raise ValueError(fields)
    if not (0 <= spent <= MOST_USD and 0 < budget <= MOST_USD):
        raise ValueError(fields)
    return BudgetStep(percent, spent, budget)


@lru_cache
def _gib(text: str) -> Decimal:
    gib = Decimal(text)
    if not 0 < gib <= MOST_GIB or gib != round(gib, GIB_PLACES):
        raise ValueError(text)
    return gib


def _id(*parts: str) -> str:
    return blake2s("\0".join(parts).encode(), digest_size=10).hexdigest()
