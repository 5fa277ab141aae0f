"""Cost-watch at the hub: its token and permissions, its terms, and the refusal of new servers.

pophub/hub/watch/act.py writes its decisions to files in memory. Without recent files the hub works as if there were no
cost-watch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from pathlib import Path
from typing import Any

from tornado.web import HTTPError
from traitlets.config import Config

from pophub.core.contract import RUN_FOLDER, TERMS_FILE, WATCH_TOKEN
from sections.event import Event

WATCH = "cost-watch"
# list all users and who of them is only expected, and start servers before a session; this opens no server
WATCH_SCOPES = ["list:users", "read:users:activity", "read:users:groups", "read:servers", "servers"]
TERMS = Path(RUN_FOLDER, TERMS_FILE)
FRESH = timedelta(minutes=5)
NO_NEW_SERVERS = (
    "Nearly all of the event's budget is spent, so the hub starts no new servers outside of the sessions. "
    "Your files are safe; come back in the next session, or ask the organizers."
)


def watch_service() -> list[dict[str, Any]]:
    """The service, if the machine has cost-watch, and so a token for it."""
    token = os.environ.get(WATCH_TOKEN)
    return [{"name": WATCH, "api_token": token}] if token else []


def watch_role() -> list[dict[str, Any]]:
    """Its permissions, if there is one."""
    return [{"name": WATCH, "scopes": WATCH_SCOPES, "services": [WATCH]}] if os.environ.get(WATCH_TOKEN) else []


def read_watch_file(file: Path) -> dict[str, Any]:
    """The content of a file of cost-watch; empty if it is missing, damaged or older than FRESH."""
    try:
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    fresh = datetime.now(UTC) - written < FRESH
    return found if fresh and isinstance(found, dict) else {}


def server_idle(limit: float) -> float:
    """The seconds after which an idle server is stopped: the event's own limit, or cost-watch's if that is shorter."""
    return min(limit, float(read_watch_file(TERMS).get("server_idle", limit)))


def refuse_new_servers(c: Config, event: Event) -> None:
    """When the budget is nearly spent, refuse new servers; other pre-spawn hooks still run."""
    for section in ("Spawner", "DockerSpawner", "SystemUserSpawner"):
        before = c[section].get("pre_spawn_hook") if section in c else None
        if before is not None or section == "Spawner":
            c[section].pre_spawn_hook = _after_budget_check(before)


def _after_budget_check(before: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    async def hook(spawner: Any) -> None:
        if read_watch_file(TERMS).get("new_servers") is False:
            refusal = HTTPError(403, NO_NEW_SERVERS)
            # JupyterHub shows this text to people
            refusal.jupyterhub_message = NO_NEW_SERVERS
            raise refusal
        done = before(spawner) if before else None
        if isawaitable(done):
            await done

    return hook
