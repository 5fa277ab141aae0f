"""The meter's file on the home volume: append lines durably and read them. Lines are never changed.

These write to it: cost-watch, once a minute (`beat`, and the changes between two lists of servers or workers), with
`hub-start` first after a boot, `budget-step` at each step of the budget and `hub-stop` before it powers off; and
pophub-stop.service at every stop of the machine. Cost-watch also copies the whole file to the account bucket, as
reports/<event>/meter.jsonl. The copy and the original can be read together, because a record with the same id counts
once.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pophub.core.cost.records import Kind, Moment, Record, as_line, of_server, of_worker
from pophub.core.cost.worker import Worker

NEWLINE = b"\n"


@dataclass(frozen=True, slots=True)
class MeteredServer:
    """A running server, as the hub reports it; `memory_gib` is its limit."""

    started: datetime
    memory_gib: Decimal | None


def append(path: Path, records: Iterable[Record]) -> None:
    """Append records and wait until they are on the disk. Several processes may append at once.

    If a power loss left an incomplete line, it stays, and the new records begin on a new line.

    Raises:
        OSError: the disk is full or gone; perhaps nothing was written.
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
    """Every line of some files; a missing file has no lines."""
    for path in paths:
        if path.exists():
            with path.open("rb") as file:
                yield from file


def changes(
    before: Mapping[tuple[str, str], MeteredServer], now: Mapping[tuple[str, str], MeteredServer], moment: Moment
) -> list[Record]:
    """What happened between two lists of running servers, by (user, server): first the stops, then the starts."""
    gone = [(key, server) for key, server in before.items() if key not in now or now[key].started != server.started]
    come = [(key, server) for key, server in now.items() if key not in before or before[key].started != server.started]
    stops = [of_server(Kind.SERVER_STOP, moment, *key, started=server.started) for key, server in gone]
    starts = [
        of_server(Kind.SERVER_START, moment, *key, started=server.started, memory_gib=server.memory_gib)
        for key, server in come
    ]
    return [*stops, *starts]


def worker_changes(before: Mapping[str, Worker], now: Mapping[str, Worker], moment: Moment) -> list[Record]:
    """What happened between two lists of workers, by id: first the stops, then the starts. Ages are those of `moment`."""
    stops = [of_worker(Kind.WORKER_STOP, moment, it) for id_, it in before.items() if id_ not in now]
    starts = [of_worker(Kind.WORKER_START, moment, it) for id_, it in now.items() if id_ not in before]
    return [*stops, *starts]


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
