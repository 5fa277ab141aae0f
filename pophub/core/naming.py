"""Names and tags of an event's things in AWS, on which stacks, scripts and the machine must agree. It makes nothing."""

from __future__ import annotations

EVENT_TAG = "pophub:event"
ENDS_TAG = "pophub:ends"
# where the home volume is attached; what the machine sees is an NVMe disk with the volume's id as its serial number
HOME_DEVICE = "/dev/sdf"
# on each object of an archive; the shelf has a rule for each of these numbers of days
KEEP_TAG = "pophub:keep-days"
KEEP_DAYS = (7, 14, 30, 60, 90, 120, 180, 270, 365, 730, 1825, 3650)

# after so many days whatever is still there goes, by the first part of its key; an archive goes earlier, by its tag
SHELF_DAYS = {"archive": 3650, "reports": 730, "certificates": 365}
# and so many days later the last version of what went or was written over
OLD_VERSION_DAYS = {"bundles": 30, "certificates": 30, "reports": 365, "archive": 30, "state": 365}


def resource_name(event: str, part: str = "") -> str:
    """The name of an event's thing in AWS: `pophub-<event>` or `pophub-<event>-<part>`."""
    return "-".join(filter(None, ("pophub", event, part)))


def parameter_path(event: str) -> str:
    """The Parameter Store path that is an event's own, with no slash at its end."""
    return f"/pophub/{event}"


def state_key(stack: str) -> str:
    """Where Terraform's state of a stack lies on the shelf, where it lies there."""
    return f"state/{stack}.tfstate"


def keep_days(archive_days: int) -> int:
    """The number of days after which the shelf lets an archive go: as many as wished, or the next more it knows."""
    return next(days for days in KEEP_DAYS if days >= archive_days)
