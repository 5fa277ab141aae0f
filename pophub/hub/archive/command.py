"""Archive all homes, on the hub's machine: `python -m pophub.hub.archive.command EVENT …`.

Prints a line of JSON for each step.

It needs boto3, zstandard and the machine's role. The organizer's computer starts it and reads the progress in the
account bucket.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws, AwsRefusal
from pophub.core.contract import ARCHIVE, EVENT_TAG, HOMES_FOLDER, HUB_FOLDER, KEEP_TAG, REPORTS, keep_days
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.archive.archive import Archived, Progress, archive
from pophub.hub.archive.history import HISTORY, to_json
from pophub.hub.archive.homes import SHARED, Home
from pophub.hub.archive.keep_on import keep_on
from pophub.hub.archive.read_history import read_history, zone_of
from pophub.hub.archive.unix_accounts import homes_elsewhere, uses_accounts
from pophub.hub.archive.walk import problem_of
from pophub.hub.this_machine import moment

HOMES, MEMORY = Path(HOMES_FOLDER), Path(HUB_FOLDER)
PROGRESS = "progress.json"
# says which disk is the newest of all disks that events of this name have had
LATEST = "latest.json"
# with --final, objects that are older than this are made again, so that S3 counts their days from now
FRESH = timedelta(days=1)
# Systems Manager keeps the first 24,000 characters; the account bucket has everything
MOST_TOLD, LONGEST_REASON = 40, 300
# writing the progress to the account bucket may take longer than a step
TOLD_EVERY = timedelta(seconds=5)


def archive_prefix(
    aws: Aws, event: str, bucket: str, region: str, archive_days: int, *, disk: str = ""
) -> BucketPrefix:
    """A disk's place in the account bucket, below its event's; its objects have a tag with the days until deletion.

    An event that is deployed again has another disk, so nobody's earlier work is overwritten.
    """
    tags = {EVENT_TAG: event, KEEP_TAG: str(keep_days(archive_days))}
    return BucketPrefix(aws, bucket, region, "/".join(filter(None, (ARCHIVE, event, disk))), tags)


def summary(archived: Archived) -> dict[str, Any]:
    """The result, for the program that started this one."""
    return {
        "complete": archived.is_complete,
        "failed": {user: reason[:LONGEST_REASON] for user, reason in archived.failed[:MOST_TOLD]},
        "homes": len(archived.receipts),
        "files": sum(it.files for it in archived.receipts),
        "bytes": sum(it.bytes for it in archived.receipts),
        "stored_bytes": sum(it.data.size + (it.zip.size if it.zip else 0) for it in archived.receipts),
        "problems": {it.user: dict(it.problems) for it in archived.receipts if it.problems},
    }


def main(arguments: Sequence[str]) -> ExitCode:
    """Archive all homes; the last line is the summary or the problem."""
    given = _parser().parse_args(arguments)
    try:
        archived = _archive(given, Aws(), moment().at)
    except PophubError as error:
        _say({"problem": error.problem, "hint": error.hint})
        return error.code
    except OSError as error:
        _say({"problem": f"{given.homes} cannot be listed: {problem_of(error)}"})
        return ExitCode.REFUSED
    _say(summary(archived))
    return ExitCode.DONE if archived.is_complete else ExitCode.REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pophub.hub.archive.command", description=__doc__)
    parser.add_argument("event")
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--region", required=True, help="the bucket's")
    parser.add_argument("--disk", default="", help="the volume that the homes are on: each has a place of its own")
    parser.add_argument("--archive-days", type=int, default=90)
    parser.add_argument("--homes", type=Path, default=HOMES)
    parser.add_argument("--memory", type=Path, default=MEMORY, help="where the hub has noted what happened")
    parser.add_argument("--settings", type=Path, help="event.json, which says whether people are accounts here")
    parser.add_argument("--shared", type=Path, help="what everybody reads and no home holds")
    parser.add_argument("--unchecked", action="store_true", help="read back later; until then it is not complete")
    parser.add_argument("--final", action="store_true", help="what has lain in the bucket for a day is put there anew")
    return parser


def _archive(given: argparse.Namespace, aws: Aws, now: datetime) -> Archived:
    place = (aws, given.event, given.bucket, given.region, given.archive_days)
    bucket = archive_prefix(*place, disk=given.disk)
    reports = BucketPrefix(aws, given.bucket, given.region, f"{REPORTS}/{given.event}")
    settings = None if given.settings is None else json.loads(given.settings.read_bytes())
    accounts = settings is not None and uses_accounts(settings)
    also = homes_elsewhere(given.homes) if accounts else {}
    if given.shared:
        also[Home(SHARED, account=True)] = given.shared
    archive_prefix(*place).put_json(LATEST, {"disk": given.disk})
    # only this machine knows this; if it cannot be written, the homes are archived anyway
    with suppress(AwsRefusal):
        zone = zone_of((settings or {}).get("timezone"))
        bucket.put_json(HISTORY, to_json(read_history(given.memory, given.homes, zone, now=now)))
    return archive(
        bucket,
        given.homes,
        Teller(bucket, reports),
        now=now,
        also=also,
        accounts=accounts,
        checked=not given.unchecked,
        not_before=now - FRESH if given.final else None,
    )


class Teller:
    """Prints each step, writes some of them to the account bucket, and keeps the hub on in the meantime."""

    def __init__(self, bucket: BucketPrefix, reports: BucketPrefix) -> None:
        self._bucket, self._reports = bucket, reports
        self._told: datetime | None = None
        self._tell(Progress(0, 0, "", "begun"))

    def __call__(self, progress: Progress) -> None:
        _say({"progress": asdict(progress)})
        self._tell(progress)

    def _tell(self, progress: Progress) -> None:
        now = moment().at
        if self._told and now - self._told < TOLD_EVERY and progress.done != progress.homes:
            return
        self._told = now
        # the homes are archived even if the progress cannot be written
        with suppress(AwsRefusal):
            self._bucket.put_json(PROGRESS, {"at": now.isoformat(timespec="seconds"), **asdict(progress)})
        with suppress(AwsRefusal):
            keep_on(self._reports, now)


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
