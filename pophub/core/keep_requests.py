"""Requests to keep the hub on that come from the hub's own pages. Cost-watch reads the file (pophub/hub/watch/collect.py)."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

NEVER = datetime.min.replace(tzinfo=UTC)


def asked_until(file: Path) -> datetime:
    """The latest time that somebody has asked for."""
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
