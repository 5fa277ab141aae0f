"""The meter's file on the hub's volume: append one line, durably; read what is there. It never changes a line.

Who writes: the watch, once a minute (`beat`, and `changes` between two looks at the hub's servers), with `hub-start`
first after a boot, `budget-step` at each step of the budget, and `hub-stop` before it powers off; and
pophub-stop.service, whoever stops the machine. Who copies:
the watch too, the whole file to the shelf, as reports/<event>/meter.jsonl; a copy may be read together with the
original, because a record counts once.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pophub.core.cost.records import Kind, Moment, Record, as_line, of_server

NEWLINE = b"\n"


@dataclass(frozen=True, slots=True)
class Seat:
    """A running server, as the hub tells of it; `memory_gib` is its limit."""

    started: datetime
    memory_gib: Decimal | None


def append(path: Path, records: Iterable[Record]) -> None:
    """Write records so that they are on the disk when this returns; several writers may do so at once.

    A line that a power loss has cut stays as it is: what follows begins on a line of its own.

    Raises:
        OSError: the disk is full or gone; nothing was promised then.
    """
    lines = b"".join(map(as_line, records))
    new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != NEWLINE:
            lines = NEWLINE + lines
        while lines:
            lines = lines[os.write(descriptor, lines) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        _sync(path.parent)


def lines_of(*paths: Path) -> Iterator[bytes]:
    """Every line of some files; a file that is not there has none."""
    for path in paths:
        if path.exists():
            with path.open("rb") as file:
                yield from file


def changes(
    before: Mapping[tuple[str, str], Seat], now: Mapping[tuple[str, str], Seat], moment: Moment
) -> list[Record]:
    """What happened between two looks at the running servers, by (user, server): the stops, then the starts."""
    gone = [(key, seat) for key, seat in before.items() if key not in now or now[key].started != seat.started]
    come = [(key, seat) for key, seat in now.items() if key not in before or before[key].started != seat.started]
    stops = [of_server(Kind.SERVER_STOP, moment, *key, started=seat.started) for key, seat in gone]
    starts = [
        of_server(Kind.SERVER_START, moment, *key, started=seat.started, memory_gib=seat.memory_gib)
        for key, seat in come
    ]
    return [*stops, *starts]


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
