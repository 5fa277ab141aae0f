"""The workers' reports: one file for each in WORKERS_FOLDER, which the worker writes and the hub reads.

    {"servers": {"ada": 0.98, "bob": null}, "memory": {"ada": 310000000}, "notice": "2027-03-01T09:00:00Z",
     "joined": true, "up": 3600.2, "clock": 1803891600.5}

`servers` has each participant's server there and the processors that it used in the last minute, null if that is not
known yet; `memory` are the bytes that they use (pophub/hub/server_memory.py); `notice` is when AWS takes the spot
instance, null if it does not; `joined` is whether its engine is in a swarm; `clock` is when it was written, in seconds
since 1970 by the worker's own clock.
"""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# workers write every five seconds
FRESH = timedelta(seconds=60)
LARGEST_BYTES = 2**20
# a clock of the year 5138: a duration to it can still be written
LATEST = 1e11


def report_file(folder: Path, worker: str) -> Path:
    return folder / f"{worker}.json"


def read_report(folder: Path, worker: str, now: datetime) -> dict[str, Any] | None:
    """The report of a worker; None if it is missing, damaged or older than FRESH.

    Its age is the file's age on the hub's own disk, because a worker's clock may be wrong. The result also has
    `clock_off`: the seconds by which the worker's clock is ahead of the hub's, None if that is not known. A worker could
    write anything there, even a link or a pipe.
    """
    try:
        descriptor = os.open(report_file(folder, worker), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or now - datetime.fromtimestamp(about.st_mtime, UTC) > FRESH:
                return None
            found = json.loads(file.read(LARGEST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("servers"), dict):
        return None
    return found | {"clock_off": _ahead(found.get("clock"), about.st_mtime)}


def _ahead(clock: object, written: float) -> float | None:
    return clock - written if isinstance(clock, int | float) and abs(clock) < LATEST else None


def reported_memory(report: dict[str, Any]) -> dict[str, int]:
    """The bytes that each server on the worker of this report uses; a worker of an earlier bundle does not tell."""
    told = report.get("memory")
    return {user: it for user, it in told.items() if type(it) is int and it >= 0} if isinstance(told, dict) else {}


def has_joined(report: dict[str, Any] | None) -> bool:
    """Whether the worker of this report is in a swarm: this hub's or an earlier hub's."""
    return report is not None and (bool(report["servers"]) or report.get("joined") is True)
