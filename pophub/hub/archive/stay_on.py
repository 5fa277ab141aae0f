"""The wish that the hub stays on while it is archived, put where its watch looks for one. The watch itself decides."""

from __future__ import annotations

from datetime import datetime, timedelta

from pophub.aws.client import AwsRefusal
from pophub.aws.shelf import ShelfPrefix
from pophub.core.contract import KEEP_FILE

# the longest that one home takes; whatever cuts an archive off, the machine runs no longer than this for it
WISHED = timedelta(hours=3)
# asked for anew when this much of it is over
ANEW = timedelta(minutes=30)


def stay_on(reports: ShelfPrefix, now: datetime) -> None:
    """Ask for some hours from now; a longer wish, an organizer's own, stays."""
    if _wished(reports, now) < now + WISHED - ANEW:
        reports.put_json(KEEP_FILE, {"until": (now + WISHED).isoformat(timespec="seconds")})


def _wished(reports: ShelfPrefix, now: datetime) -> datetime:
    try:
        until = datetime.fromisoformat(reports.get_json(KEEP_FILE)["until"])
    except (AwsRefusal, ValueError, KeyError, TypeError):
        # no wish, or one that the hub does not understand either
        return now
    return until if until.tzinfo else now
