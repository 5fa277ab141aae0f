"""Names and tags that several constructs and the scripts must agree on; no resource is born here."""

from __future__ import annotations

EVENT_TAG = "pophub:event"
ENDS_TAG = "pophub:ends"


def resource_name(event: str, part: str = "") -> str:
    """The name of an event's thing in AWS: `pophub-<event>` or `pophub-<event>-<part>`."""
    return "-".join(filter(None, ("pophub", event, part)))


def parameter_path(event: str) -> str:
    """The Parameter Store path that is an event's own, with no slash at its end."""
    return f"/pophub/{event}"
