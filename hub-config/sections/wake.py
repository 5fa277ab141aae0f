"""Gives everybody who signs in the cookie by which the off page recognizes them while the hub is off."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from typing import Any

from traitlets.config import Config

from pophub.core import contract, wake_cookie
from sections.event import Event


def wake(c: Config, event: Event) -> None:
    """Set the cookie at each sign-in; without a key there is no off page, for example on an own server."""
    if key := os.environ.get(contract.WAKE_SECRET.upper()):
        c.Authenticator.post_auth_hook = partial(give_cookie, event["name"], key)


def give_cookie(event: str, key: str, _: Any, handler: Any, auth_model: dict[str, Any]) -> dict[str, Any]:
    """JupyterHub calls this after each successful sign-in."""
    until = datetime.now(UTC) + wake_cookie.LASTS
    value = wake_cookie.sign(event, auth_model["name"], key, until=until)
    settings = {"path": "/", "secure": True, "httponly": True, "samesite": "Lax", "expires": until}
    handler.set_cookie(wake_cookie.NAME, value, **settings)
    return auth_model
