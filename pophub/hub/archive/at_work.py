"""Who works on the hub at this moment: `python -m pophub.hub.archive.at_work SERVERS`, on the hub's machine, as JSON.

It needs only Python. Where the hub does not answer, it is known only whether there are servers at all.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from pophub.core.contract import PROXY_URL, WATCH_TOKEN
from pophub.hub.hub_api import HubApi, HubRefused, HubSilent


def at_work(users: Callable[[], list[dict[str, Any]]], servers: int) -> list[str] | None:
    """The names of all who have a server; None where somebody has one and nobody says who."""
    try:
        return sorted(user["name"] for user in users() if user.get("servers"))
    except (HubSilent, HubRefused):
        return None if servers else []


def main(servers: str) -> None:
    """Say it."""
    api = HubApi(os.environ.get("HUB_URL", PROXY_URL), os.environ.get(WATCH_TOKEN, ""))
    sys.stdout.write(json.dumps({"at_work": at_work(api.users, int(servers))}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
