"""What an event's hub has left in the account bucket: its meter, its settings, and whether it was destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws, AwsRefusal
from pophub.core.contract import METER_FILE, REPORTS, WATCH_SETTINGS_FILE

# written by the command that destroys an event
GONE = "gone.json"


@dataclass(frozen=True, slots=True)
class MeterCopy:
    """The meter as it was at `heard`; `lines` can be read once. `gone` is when the hub was destroyed, None if it exists."""

    lines: Iterator[bytes]
    heard: datetime
    gone: datetime | None


def reports(aws: Aws, bucket: str, region: str, event: str) -> BucketPrefix:
    """The event's reports in the account bucket."""
    return BucketPrefix(aws, bucket, region, f"{REPORTS}/{event}")


def meter(there: BucketPrefix) -> MeterCopy:
    """The copy of the meter.

    Raises:
        PophubError: it is missing or cannot be read; also raised while the lines are read.
    """
    heard: datetime = there.call("head_object", METER_FILE)["LastModified"]
    gone = _written(there, GONE)
    return MeterCopy(_lines(there.read(METER_FILE)), heard, gone if gone and gone > heard else None)


def settings(there: BucketPrefix) -> dict[str, Any] | None:
    """The hub's own settings of cost-watch; None if the hub has not written them."""
    try:
        return there.get_json(WATCH_SETTINGS_FILE)
    except (AwsRefusal, ValueError):
        return None


def note_that_it_is_gone(there: BucketPrefix) -> None:
    """Record that the hub was destroyed just now. An earlier record stays if the hub has not run since."""
    heard, gone = _written(there, METER_FILE), _written(there, GONE)
    if heard is not None and (gone is None or gone <= heard):
        there.put_json(GONE, {"event": there.prefix.rstrip("/").rpartition("/")[2]})


def _written(there: BucketPrefix, key: str) -> datetime | None:
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
