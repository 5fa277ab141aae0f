"""The costs at /services/costs/: who sees what there. The service is pophub/hub/costs_page, in a unit of its own."""

from __future__ import annotations

import json
from typing import Any

from traitlets.config import Config

from pophub.core.contract import COSTS, COSTS_PORT, COSTS_SCOPE, COSTS_TOKEN, WATCH_SETTINGS_FILE
from sections.event import HERE, Event
from sections.services import own_unit

SETTINGS = HERE / WATCH_SETTINGS_FILE


def costs(c: Config, event: Event) -> None:
    """Define the scope that the roles use."""
    c.JupyterHub.custom_scopes = {
        COSTS_SCOPE: {"description": "See what the event costs, and who takes how much of it."}
    }


def costs_service() -> list[dict[str, Any]]:
    """The service; empty if the machine has no prices, or no unit of it."""
    return own_unit(COSTS, COSTS_PORT, COSTS_TOKEN, [COSTS_SCOPE]) if _has_prices() else []


def costs_roles(people: list[str]) -> list[dict[str, Any]]:
    """Everybody may open the service; `people` see everything."""
    if not costs_service():
        return []
    return [
        # JupyterHub's own role for everybody, which has only `self`
        {"name": "user", "scopes": ["self", f"access:services!service={COSTS}"]},
        {"name": COSTS, "scopes": [COSTS_SCOPE, f"access:services!service={COSTS}"], "users": people},
    ]


def _has_prices() -> bool:
    return bool(json.loads(SETTINGS.read_text()).get("meter"))
