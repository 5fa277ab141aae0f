"""What jupyterhub-idle-culler goes by: the watch's idle time, and not while a computation is protected.

Both have one notion of work: what the watch found a minute ago. On a hub without a watch the culler's own arguments
count. While a watch is silent, the culler does not know who computes, so it stops no idle server.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from traitlets.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sections.watch import TERMS, server_idle, told


def is_to_be_stopped(*, inactive: timedelta | None, inactive_limit: float, server: dict[str, Any], **_: Any) -> bool:
    """Whether a server is idle for too long."""
    owner = str(server.get("full_name", "")).partition("/")[0]
    terms = told(TERMS)
    is_silent = not terms and TERMS.exists()
    if inactive is None or is_silent or owner in terms.get("protected", ()):
        return False
    return inactive.total_seconds() >= server_idle(inactive_limit)


c: Config = get_config()  # type: ignore[name-defined]  # noqa: F821
c.IdleCuller.cull_arbiter_hook = is_to_be_stopped
