"""What an event's hub has left of itself on the shelf: its meter, its own settings, that it is gone. It works nothing out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pophub.aws.client import Aws, AwsRefusal
from pophub.aws.shelf import ShelfPrefix
from pophub.core.contract import METER_FILE, REPORTS, WATCH_SETTINGS_FILE

# whoever destroys an event puts it there
GONE = "gone.json"


@dataclass(frozen=True, slots=True)
class MeterCopy:
    """The meter as it was at `heard`, to be read once; `gone` is when the hub was destroyed, if none came after it."""

    lines: Iterator[bytes]
    heard: datetime
    gone: datetime | None


def reports(aws: Aws, shelf: str, region: str, event: str) -> ShelfPrefix:
    """Where they lie."""
    return ShelfPrefix(aws, shelf, region, f"{REPORTS}/{event}")


def meter(there: ShelfPrefix) -> MeterCopy:
    """The copy of the meter.

    Raises:
        PophubError: there is none, or nobody may read it; also while the lines are read.
    """
    heard: datetime = there.call("head_object", METER_FILE)["LastModified"]
    gone = _written(there, GONE)
    return MeterCopy(_lines(there.read(METER_FILE)), heard, gone if gone and gone > heard else None)


def settings(there: ShelfPrefix) -> dict[str, Any] | None:
    """What the hub goes by, as it says itself; None where it has not said so."""
    try:
        return there.get_json(WATCH_SETTINGS_FILE)
    except (AwsRefusal, ValueError):
        return None


def note_that_it_is_gone(there: ShelfPrefix) -> None:
    """The hub was destroyed just now; what was noted before, and is still so, keeps its moment."""
    heard, gone = _written(there, METER_FILE), _written(there, GONE)
    if heard is not None and (gone is None or gone <= heard):
        there.put_json(GONE, {"event": there.prefix.rstrip("/").rpartition("/")[2]})


def _written(there: ShelfPrefix, key: str) -> datetime | None:
    try:
        found: datetime = there.call("head_object", key)["LastModified"]
    except AwsRefusal:
        return None
    return found


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    yield rest
