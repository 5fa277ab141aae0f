"""The helpers' page at /services/helpers/: who may open it. The service is pophub/hub/helpers_page, in a unit of its own."""

from __future__ import annotations

from typing import Any

from pophub.core.contract import HELPERS, HELPERS_PORT, HELPERS_SCOPES, HELPERS_TOKEN
from sections.services import own_unit


def helpers_service() -> list[dict[str, Any]]:
    """The service; empty if the machine has no unit of it."""
    return own_unit(HELPERS, HELPERS_PORT, HELPERS_TOKEN, [*HELPERS_SCOPES])


def helpers_role(people: list[str]) -> list[dict[str, Any]]:
    """Only helpers may open it."""
    if not helpers_service():
        return []
    return [{"name": "helpers-page", "scopes": [f"access:services!service={HELPERS}"], "users": people}]
