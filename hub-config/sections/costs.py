"""The costs at /services/costs/: the service, and who sees what there. Its code is in pophub/hub/costs_page."""

from __future__ import annotations

import json
import sys
from typing import Any

from jupyterhub.utils import random_port  # type: ignore[import-untyped]
from traitlets.config import Config

from pophub.core.contract import METER_FILE, WATCH_SETTINGS_FILE
from sections.event import HERE, Event

COSTS = "costs"
# people with this scope see everything, others their own hours
EVERYTHING = "custom:costs:read"
SETTINGS = HERE / WATCH_SETTINGS_FILE


def costs(c: Config, event: Event) -> None:
    """Define the scope that the roles use."""
    c.JupyterHub.custom_scopes = {
        EVERYTHING: {"description": "See what the event costs, and who takes how much of it."}
    }


def costs_service() -> list[dict[str, Any]]:
    """The service; empty if the machine has no prices."""
    if not _has_prices():
        return []
    return [
        {
            "name": COSTS,
            "command": [
                sys.executable,
                "-P",
                "-B",
                "-m",
                "pophub.hub.costs_page",
                str(SETTINGS),
                METER_FILE,
                EVERYTHING,
            ],
            "environment": {"PYTHONPATH": str(HERE.parent)},
            # a random port, and so one that no other program has taken in advance
            "url": f"http://127.0.0.1:{random_port()}",
            # the hub ends if its own service does not answer in time, and JupyterHub's 30 s are too short for a slow
            # machine
            # https://jupyterhub.readthedocs.io/en/6.1.1/reference/services.html
            "timeout": 120,
            "oauth_client_allowed_scopes": [EVERYTHING],
            "oauth_no_confirm": True,
            # the event's pages have their own links to it
            "display": False,
        }
    ]


def costs_roles(people: list[str]) -> list[dict[str, Any]]:
    """Everybody may open the service; `people` see everything."""
    if not _has_prices():
        return []
    return [
        # JupyterHub's own role for everybody, which has only `self`
        {"name": "user", "scopes": ["self", f"access:services!service={COSTS}"]},
        {"name": COSTS, "scopes": [EVERYTHING, f"access:services!service={COSTS}"], "users": people},
    ]


def _has_prices() -> bool:
    return bool(json.loads(SETTINGS.read_text()).get("meter"))
