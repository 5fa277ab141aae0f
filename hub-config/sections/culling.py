"""Stops servers that their participants have left, or that have run for too long. Its permissions are in roles.py."""

from __future__ import annotations

import sys

from traitlets.config import Config

from sections.costs import costs_service
from sections.event import HERE, Event
from sections.helpers_page import helpers_service
from sections.rehearsal import rehearsal_service
from sections.watch import watch_service

CULLER = "idle-culler"


def culling(c: Config, event: Event) -> None:
    """One culler for both limits."""
    # the proxy counts pings of a forgotten tab as activity, so only the servers' own reports count
    # https://jupyterhub.readthedocs.io/en/6.1.0/explanation/idle.html
    c.JupyterHub.last_activity_interval = 0
    idle = event["idle"]
    # for the culler, 0 means never
    oldest = idle.get("server_max_hours", 0) * 3600
    command = [
        *(sys.executable, "-m", "jupyterhub_idle_culler", "--cull-every=60", f"--config={HERE}/culler.py"),
        *(f"--timeout={idle['server_minutes'] * 60}", f"--max-age={oldest}"),
    ]
    others = (*watch_service(), *rehearsal_service(), *costs_service(), *helpers_service())
    c.JupyterHub.services = [{"name": CULLER, "command": command}, *others]
