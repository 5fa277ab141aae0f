"""The hub's settings for a service behind its login that runs in a systemd unit of its own."""

from __future__ import annotations

import os
from typing import Any


def own_unit(name: str, port: int, token: str, scopes: list[str]) -> list[dict[str, Any]]:
    """The service; empty if the environment lacks the variable `token`. `scopes` are those that its users' tokens may get."""
    if not os.environ.get(token):
        return []
    return [
        {
            "name": name,
            "api_token": os.environ[token],
            "url": f"http://127.0.0.1:{port}",
            # the hub's start does not wait for the service, which starts after it on a new machine
            "timeout": 0,
            "oauth_client_allowed_scopes": scopes,
            "oauth_no_confirm": True,
            # our templates link to it
            "display": False,
        }
    ]
