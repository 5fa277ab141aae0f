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
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers import costs
from pophub.organizer.leftovers.resource import Resource, ResourceType

PREFIXES = (ARCHIVE, BUNDLES, CERTIFICATES, REPORTS)


def _prefixes(context: EventContext) -> Iterator[Resource]:
    """All versions count, because AWS charges for all; so do the parts of unfinished uploads."""
    for prefix in [*(f"{each}/{context.event}/" for each in PREFIXES), state_key(context.event)]:
        where = {"Bucket": context.bucket, "Prefix": prefix}
        try:
            found = list(context.aws.pages("s3", context.bucket_region, "list_object_versions", "Versions[]", **where))
        except AwsRefusal as refusal:
            if refusal.aws_code == "NoSuchBucket":
                return
            raise
        found += _parts(context, prefix)
        if found:
            sizes = [entry["Size"] for entry in found]
            newest = max(entry["LastModified"] for entry in found)
            note = f"{len(sizes)} objects, {sum(sizes) / 10**9:.2f} GB{_end(prefix, newest, context.archive_days)}"
            yield Resource(
                "bucket", f"s3://{context.bucket}/{prefix}", costs.of_bucket(sum(sizes), context.bucket_region), note
            )


def _parts(context: EventContext, prefix: str) -> list[Mapping[str, Any]]:
    """The parts of unfinished uploads; the bucket's lifecycle rules delete them after some days."""
    bucket = {"Bucket": context.bucket}
    aws, region = context.aws, context.bucket_region
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


BUCKET = ResourceType("bucket", _prefixes)
