"""Settings for jupyterhub-idle-culler: it uses cost-watch's idle time and never stops a protected computation.

Culling and cost-watch share one definition of work: what cost-watch found a minute ago. On a hub without cost-watch,
the culler's own arguments count. If cost-watch has stopped writing, nobody knows who computes, so no idle server is
stopped.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from traitlets.config import Config

# the bundle's pophub/core, and the sections
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from sections.watch import TERMS, read_watch_file, server_idle

from pophub.core.contract import is_pretended


def is_to_be_stopped(*, inactive: timedelta | None, inactive_limit: float, server: dict[str, Any], **_: Any) -> bool:
    """Whether a server has been idle for too long."""
    owner = str(server.get("full_name", "")).partition("/")[0]
    terms = read_watch_file(TERMS)
    is_silent = not terms and TERMS.exists()
    # a rehearsal ends its own servers
    if inactive is None or is_silent or is_pretended(owner) or owner in terms.get("protected", ()):
        return False
    return inactive.total_seconds() >= server_idle(inactive_limit)


c: Config = get_config()  # type: ignore[name-defined]  # noqa: F821
c.IdleCuller.cull_arbiter_hook = is_to_be_stopped
