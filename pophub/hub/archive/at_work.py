"""Print as JSON who has a server now; runs on the hub's machine: `python -m pophub.hub.archive.at_work SERVERS`.

It needs only Python's standard library. If the hub does not answer, only the number of containers is known.
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
    """The names of all users with a server; None if there are servers and the hub does not answer."""
    try:
        return sorted(user["name"] for user in users() if user.get("servers"))
    except (HubSilent, HubRefused):
        return None if servers else []


def main(servers: str) -> None:
    api = HubApi(os.environ.get("HUB_URL", PROXY_URL), os.environ.get(WATCH_TOKEN, ""))
    sys.stdout.write(json.dumps({"at_work": at_work(api.users, int(servers))}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
