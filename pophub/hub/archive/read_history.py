"""Read what the hub's machine has recorded: the event log's files, the journal, the disk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pophub.hub.archive.history import History, of_events, of_journal
from pophub.hub.archive.journal import HUB, UNITS, WATCH

# the oldest first, as hub-config/sections/event_log.py rotates them
EVENT_LOGS = ("events.jsonl.3", "events.jsonl.2", "events.jsonl.1", "events.jsonl")
LONGEST_LINE_BYTES = 2**16
# a journal of weeks takes seconds to read; if it takes longer, the disk is in trouble
JOURNAL_SECONDS = 120
FIELDS = "MESSAGE,UNIT,_PID,_SYSTEMD_UNIT,_TRANSPORT"


def read_history(memory: Path, homes: Path, zone: tzinfo, *, now: datetime) -> History:
    """Everything that this machine has recorded. What cannot be read becomes None, and no error is raised."""
    servers = None
    with suppress(OSError):
        servers = of_events(_events(memory), zone)
    return _with_journal(_with_disk(History(now.isoformat(timespec="seconds"), servers), homes))


def zone_of(name: str | None) -> tzinfo:
    """A time zone by its name; UTC if this machine does not know it."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _events(memory: Path) -> Iterator[bytes]:
    for name in EVENT_LOGS:
        with suppress(FileNotFoundError), (memory / name).open("rb") as file:
            while line := file.readline(LONGEST_LINE_BYTES):
                yield line


def _with_disk(history: History, homes: Path) -> History:
    with suppress(OSError):
        disk = os.statvfs(homes)
        size = disk.f_blocks * disk.f_frsize
        return replace(history, disk=size, disk_used=size - disk.f_bfree * disk.f_frsize)
    return history


def _with_journal(history: History) -> History:
    whose = [f"_SYSTEMD_UNIT={HUB}", f"_SYSTEMD_UNIT={WATCH}", "_TRANSPORT=kernel", *(f"UNIT={unit}" for unit in UNITS)]
    # journalctl combines them with "or"
    matches = [word for match in whose for word in ("+", match)][1:]
    command = ["timeout", str(JOURNAL_SECONDS), "journalctl", "--output=json", f"--output-fields={FIELDS}", "--all"]
    try:
        with subprocess.Popen(
            [*command, "--no-pager", "--quiet", *matches], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as running:
            assert running.stdout is not None
            figures = of_journal(iter(partial(running.stdout.readline, LONGEST_LINE_BYTES), b""))
    except OSError:
        return history
    # after a failure, part of a journal would look like all of it
    return replace(history, **figures) if running.returncode == 0 else history
