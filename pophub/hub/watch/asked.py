"""Files that others write for cost-watch: requests to keep the hub, and the organizer's starts. None means "not known"."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pophub.hub.watch.state import Paths, read
from pophub.hub.watch.work import KEEP_REQUEST

NO_REQUEST: tuple[datetime, ...] = ()
Parse = Callable[[Any], tuple[datetime, ...]]


def keep_requests(paths: Paths, now: datetime) -> tuple[datetime, ...] | None:
    """Until when people asked to keep the hub, or a rehearsal needs it; None if one of the files cannot be read."""
    found = (
        _keep_request(paths.keeps, _moments, now),
        _keep_request(paths.asked, _moments, now),
        _keep_request(paths.rehearsal, lambda data: _moments([data["until"]]), now),
    )
    return None if None in found else tuple(moment for each in found for moment in each or ())


def starts(file: Path) -> tuple[datetime, ...] | None:
    """When the organizer started the machine; for a damaged file, the time at which it was written."""
    found = read(file, lambda data: _moments([data["at"]]), nothing=NO_REQUEST)
    if found is None and (written := _written(file)):
        return (written,)
    return found


def _keep_request(file: Path, parse: Parse, now: datetime) -> tuple[datetime, ...] | None:
    """The times in a file. A damaged file counts as a request for one hour from when it was written, so that it ends."""
    found = read(file, parse, nothing=NO_REQUEST)
    if found is None and (written := _written(file)):
        return (min(now, written) + KEEP_REQUEST,)
    return found


def _written(file: Path) -> datetime | None:
    with suppress(OSError):
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return None


def _moments(data: Any) -> tuple[datetime, ...]:
    found = tuple(map(datetime.fromisoformat, data))
    if any(it.tzinfo is None for it in found):
        raise ValueError(data)
    return found
