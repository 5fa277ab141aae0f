"""The event's objects in the account bucket: listed with their price, never removed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.core.contract import (
    ARCHIVE,
    BUCKET_DAYS,
    BUNDLES,
    CERTIFICATES,
    OLD_VERSION_DAYS,
    REPORTS,
    keep_days,
    state_key,
)
from pophub.organizer.leftovers import costs
from pophub.organizer.leftovers.thing import Kind, Scope, Thing

PREFIXES = (ARCHIVE, BUNDLES, CERTIFICATES, REPORTS)


def _prefixes(scope: Scope) -> Iterator[Thing]:
    """All versions count, because AWS charges for all; so do the parts of unfinished uploads."""
    for prefix in [*(f"{each}/{scope.event}/" for each in PREFIXES), state_key(scope.event)]:
        where = {"Bucket": scope.bucket, "Prefix": prefix}
        try:
            found = list(scope.aws.pages("s3", scope.bucket_region, "list_object_versions", "Versions[]", **where))
        except AwsRefusal as refusal:
            if refusal.aws_code == "NoSuchBucket":
                return
            raise
        found += _parts(scope, prefix)
        if found:
            sizes = [entry["Size"] for entry in found]
            newest = max(entry["LastModified"] for entry in found)
            note = f"{len(sizes)} objects, {sum(sizes) / 10**9:.2f} GB{_end(prefix, newest, scope.archive_days)}"
            yield Thing(
                "bucket", f"s3://{scope.bucket}/{prefix}", costs.of_bucket(sum(sizes), scope.bucket_region), note
            )


def _parts(scope: Scope, prefix: str) -> list[Mapping[str, Any]]:
    """The parts of unfinished uploads; the bucket's lifecycle rules delete them after some days."""
    bucket = {"Bucket": scope.bucket}
    aws, region = scope.aws, scope.bucket_region
    uploads = list(aws.pages("s3", region, "list_multipart_uploads", "Uploads[]", **bucket, Prefix=prefix))
    return [
        part
        for upload in uploads
        for part in aws.pages(
            "s3", region, "list_parts", "Parts[]", **bucket, Key=upload["Key"], UploadId=upload["UploadId"]
        )
    ]


def _end(prefix: str, newest: datetime, archive_days: int) -> str:
    """The date by which the bucket's lifecycle rules have deleted everything; empty if no rule deletes it."""
    part = prefix.partition("/")[0]
    if part not in BUCKET_DAYS:
        return ""
    days = keep_days(archive_days) if part == ARCHIVE else BUCKET_DAYS[part]
    return f", goes by itself by {(newest + timedelta(days=days + OLD_VERSION_DAYS[part])).date()}"


BUCKET = Kind("bucket", _prefixes)
