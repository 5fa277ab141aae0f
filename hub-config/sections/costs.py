"""The costs at /services/costs/: the service, and who sees what there. The service itself is pophub/hub/costs_page."""

from __future__ import annotations

import json
import sys
from typing import Any

from jupyterhub.utils import random_port  # type: ignore[import-untyped]
from traitlets.config import Config

from pophub.core.contract import METER_FILE, WATCH_SETTINGS_FILE
from sections.event import HERE, Event

COSTS = "costs"
# who has it sees everything, everybody else their own hours
EVERYTHING = "custom:costs:read"
SETTINGS = HERE / WATCH_SETTINGS_FILE


def costs(c: Config, event: Event) -> None:
    """The scope that the roles are made of."""
    c.JupyterHub.custom_scopes = {
        EVERYTHING: {"description": "See what the event costs, and who takes how much of it."}
    }


def costs_service() -> list[dict[str, Any]]:
    """The service, where the machine has prices."""
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
            # nobody else needs to know the port, so it cannot be taken
            "url": f"http://127.0.0.1:{random_port()}",
            # a hub ends when a service of its own is not there by then, and JupyterHub's 30 s are short for a slow machine
            # https://jupyterhub.readthedocs.io/en/6.1.1/reference/services.html
            "timeout": 120,
            "oauth_client_allowed_scopes": [EVERYTHING],
            "oauth_no_confirm": True,
            # event pages have links of their own to it
            "display": False,
        }
    ]


def costs_roles(people: list[str]) -> list[dict[str, Any]]:
    """Everybody may come in; `people` see everything."""
    if not _has_prices():
        return []
    return [
        # JupyterHub's own for everybody, which has only `self`
        {"name": "user", "scopes": ["self", f"access:services!service={COSTS}"]},
        {"name": COSTS, "scopes": [EVERYTHING, f"access:services!service={COSTS}"], "users": people},
    ]


def _has_prices() -> bool:
    return bool(json.loads(SETTINGS.read_text()).get("meter"))
