"""Read the report about the workers, which pophub/hub/workers writes every ten seconds."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FRESH = timedelta(seconds=60)


def read_workers(file: Path, now: datetime) -> dict[str, Any] | None:
    """The content of the file.

    None if it is missing, damaged or older than FRESH, or if Auto Scaling did not answer when it was written.
    """
    try:
        found: dict[str, Any] = json.loads(file.read_text())
        fresh = abs(now - datetime.fromisoformat(found["at"])) <= FRESH
        known = found["wanted"] is not None and all(isinstance(it["id"], str) for it in found["workers"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if fresh and known else None
