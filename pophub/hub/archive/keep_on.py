"""Ask cost-watch to keep the hub on while it is archived. Cost-watch itself decides."""

from __future__ import annotations

from datetime import datetime, timedelta

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import AwsRefusal
from pophub.core.contract import KEEP_FILE

# longer than any one home takes; an interrupted archive keeps the machine on for at most this time
KEEP_DURATION = timedelta(hours=3)
# renew the request when this much of it has passed
RENEW_AFTER = timedelta(minutes=30)


def keep_on(reports: BucketPrefix, now: datetime) -> None:
    """Ask for some hours from now, unless a longer request, for example of an organizer, exists."""
    if _requested(reports, now) < now + KEEP_DURATION - RENEW_AFTER:
        reports.put_json(KEEP_FILE, {"until": (now + KEEP_DURATION).isoformat(timespec="seconds")})


def _requested(reports: BucketPrefix, now: datetime) -> datetime:
    try:
        until = datetime.fromisoformat(reports.get_json(KEEP_FILE)["until"])
    except (AwsRefusal, ValueError, KeyError, TypeError):
        # no request, or one that the hub cannot read either
        return now
    return until if until.tzinfo else now
