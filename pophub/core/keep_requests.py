"""Requests to keep the hub on: their time, and the file of those from the hub's pages (pophub/hub/watch/collect.py reads it)."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pophub.core.errors import PophubError

NEVER = datetime.min.replace(tzinfo=UTC)


def next_at(until: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The next moment with this time of day in the event's time zone.

    Raises:
        PophubError: `until` is not a time of day.
    """
    try:
        wanted = datetime.strptime(until, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError as error:
        raise PophubError(f"{until!r} is not a time of day", hint="write it as 18:30") from error
    today = now.astimezone(zone).date()
    # in UTC: Python compares two moments of one zone by their local times, and some local times occur twice
    moments = (
        datetime.combine(day, wanted, zone).replace(fold=fold).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
        for fold in (0, 1)
    )
    return min(moment for moment in moments if moment > now).astimezone(zone)


def asked_until(file: Path) -> datetime:
    """The latest time in the file; NEVER if it is missing or damaged."""
    with suppress(OSError, ValueError, TypeError):
        return max(NEVER, *map(datetime.fromisoformat, json.loads(file.read_text())))
    return NEVER


def ask_for(file: Path, until: datetime) -> None:
    """Write the request; an earlier time than the one already asked for changes nothing.

    Raises:
        OSError: the disk is full or gone; the old content is still there.
    """
    if asked_until(file) >= until:
        return
    new = file.with_suffix(".new")
    with new.open("w") as sink:
        json.dump([until.isoformat()], sink)
        sink.flush()
        # otherwise a crash could leave an empty file under the final name
        os.fsync(sink.fileno())
    new.replace(file)
