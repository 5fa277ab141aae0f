"""The event's reports in the account bucket: fetch what the organizer left for this hub, and copy files of this hub there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pophub.core.contract import KEEP_FILE, REPORTS, STARTED_FILE
from pophub.hub.install.bucket import EventBucket

SECONDS = 10


def exchange(bucket: EventBucket, folder: Path, files: Mapping[str, Path]) -> None:
    """Fetch into `folder` until when to keep the hub and when it was started by hand; then put the files that exist.

    Raises:
        CalledProcessError: a file cannot be put.
    """
    for name in (KEEP_FILE, STARTED_FILE):
        new = folder / f".{name}.new"
        if bucket.get(REPORTS, name, new, seconds=SECONDS):
            new.rename(folder / name)
    for name, file in files.items():
        if file.exists():
            bucket.put(REPORTS, name, file, seconds=SECONDS)
