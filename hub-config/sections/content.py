"""The event's content as the hub sees it: whether a server that starts is fetching it into its home."""

from __future__ import annotations

import os
from typing import Any

from sections.homes import homes

FETCHING = "The event's content is being copied into your home."


def is_being_fetched(spawner: Any) -> bool:
    """Whether the content comes into a home for the first time: in a folder whose name server/content.py chooses."""
    url = str(spawner.environment.get("POPHUB_CONTENT", ""))
    name = url.rstrip("/").rpartition("/")[2].removesuffix(".git")
    # without following a link, which somebody could have put there
    return any(os.path.lexists(home / f".{name}.fetching") for home in homes(spawner)) if url else False
