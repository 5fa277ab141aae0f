"""The signed cookie by which the off page recognizes a person who has signed in to the hub.

The hub gives it (hub-config/sections/wake.py), and the off page's function reads it (pophub/off_page).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

# a browser takes a cookie with this prefix only from the host itself, over https, and sends it nowhere else:
# https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
NAME = "__Host-pophub-wake"
# so that a person who has left cannot start the hub for ever
LASTS = timedelta(days=30)
LONGEST = 1000


def sign(event: str, person: str, key: str, *, until: datetime) -> str:
    """The cookie's value for a person who has signed in to this event's hub."""
    content = {"event": event, "person": person, "until": int(until.timestamp())}
    body = _text(json.dumps(content, separators=(",", ":")).encode())
    return f"{body}.{_text(_signature(body, key))}"


def person_of(value: str, event: str, key: str, *, now: datetime) -> str | None:
    """The person of a cookie; None if it is forged, damaged, too old or of another event."""
    body, _, signature = value.partition(".")
    # without a key, anybody could sign
    if not key or len(value) > LONGEST:
        return None
    if not hmac.compare_digest(_text(_signature(body, key)).encode(), signature.encode("utf-8", "replace")):
        return None
    content = json.loads(_bytes(body))
    if content["event"] != event or datetime.fromtimestamp(content["until"], UTC) <= now:
        return None
    return str(content["person"])


def _signature(body: str, key: str) -> bytes:
    # the prefix separates this use of the key from any later one
    return hmac.digest(key.encode(), f"{NAME}\0{body}".encode("utf-8", "replace"), hashlib.sha256)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
