"""Faults of GitHub or Google: the answers if a caller asks too much, and if the site itself fails.

A test switches them on. GitHub's limits:
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

RESET_SECONDS = 1500
RETRY_AFTER_SECONDS = 60
# the text as seen in https://github.com/KnpLabs/php-github-api/issues/1070
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
ALLOW_LIST = (
    "the `geohackweek` organization has an IP allow list enabled, and your IP address is not permitted to access this "
    "resource."
)
UNICORN = "<!DOCTYPE html><html><title>Unicorn! &middot; GitHub</title><p>No server is currently available.</p></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty answer. `status` 0 is no answer: the connection stays open, or is closed if `closes` is true.

    With a `secret`, the site answers as it does to a hub that has this one.
    """

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    closes: bool = False
    secret: str = ""


def _json(message: str) -> str:
    return json.dumps({"message": message, "documentation_url": "https://docs.github.com/rest"})


FAULTS = {
    # after the hour's limit: 403 or 429, with the time at which the next hour begins
    "primary limit": Fault(403, _json("API rate limit exceeded for user ID 1."), {"x-ratelimit-remaining": "0"}),
    "primary limit, 429": Fault(429, _json("API rate limit exceeded for user ID 1."), {"x-ratelimit-remaining": "0"}),
    # after a burst of requests: 403 or 429, with or without the time to wait
    "secondary limit": Fault(403, _json(SECONDARY), {"retry-after": str(RETRY_AFTER_SECONDS)}),
    "secondary limit, 429": Fault(429, _json(SECONDARY)),
    "internal error": Fault(500, _json("Server Error")),
    "bad gateway": Fault(502, UNICORN),
    "unavailable": Fault(503, UNICORN),
    "gateway timeout": Fault(504, UNICORN),
    "no answer": Fault(0),
    "cut off": Fault(0, closes=True),
    # https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
    "unprocessable": Fault(422, _json("Validation Failed")),
    # the text as seen in https://github.com/SalesforceFoundation/NPSP/issues/7247
    "IP allow list": Fault(
        403, _json(f"Although you appear to have the correct authorization credentials, {ALLOW_LIST}")
    ),
    "bare refusal": Fault(403, "<html>Access denied</html>"),
    # the text as seen in https://github.com/jaredhanson/passport-google-oauth/issues/75
    "Google's limit": Fault(403, json.dumps({"error": {"code": 403, "message": "User Rate Limit Exceeded"}})),
    # the page of a network that first wants a sign-in of its own
    "another page": Fault(200, "<html>Please accept the terms of this network</html>"),
    "another secret": Fault(0, secret="of another app"),
    "token revoked": Fault(401, _json("Bad credentials")),
}


@dataclass(frozen=True, slots=True)
class Faults:
    """The active faults: each a pattern of paths and a name in FAULTS."""

    on: tuple[tuple[str, str], ...] = ()

    def at(self, path: str) -> Fault | None:
        """The fault for a request with this path; None if there is none."""
        return next((FAULTS[name] for pattern, name in self.on if re.match(pattern, path)), None)

    @classmethod
    def from_json(cls, data: Any) -> Faults:
        """Read a list of pairs.

        Raises:
            KeyError: the lab does not know the fault.
        """
        for _, name in data:
            FAULTS[name]
        return cls(tuple((str(pattern), str(name)) for pattern, name in data))
