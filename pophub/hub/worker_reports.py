"""What a worker reports: one file for each in WORKERS_FOLDER, which the worker writes and the hub reads.

    {"servers": {"ada": 0.98, "bob": null}, "notice": "2027-03-01T09:00:00Z", "up": 3600.2}

`servers` has each participant's server there and the processors that it used in the last minute, null if that is not
known yet; `notice` is when AWS takes the spot instance, null if it does not.
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
# a worker joins sooner after its boot, or never (LONGEST_BIRTH of pophub/hub/workers/decide.py)
OLDER = timedelta(minutes=10)


def report_file(folder: Path, worker: str) -> Path:
    return folder / f"{worker}.json"


def read_report(folder: Path, worker: str, now: datetime) -> dict[str, Any] | None:
    """The report of a worker; None if it is missing, damaged or older than FRESH.

    Its age is that of the file, by the clock of the hub's own disk: a worker's clock may be wrong. A worker can put
    anything there, also a link or a pipe.
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
    return found if isinstance(found, dict) and isinstance(found.get("servers"), dict) else None


def is_older(report: dict[str, Any] | None, known: timedelta) -> bool:
    """Whether the worker of this report is older than the hub that has known it for this time, or has servers already."""
    if report is None:
        return False
    up = report.get("up")
    return bool(report["servers"]) or (isinstance(up, int | float) and up > (known + OLDER).total_seconds())
