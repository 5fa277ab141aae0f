"""JupyterHub's configuration, read from the event.json beside this file. It contains no secret and depends on no cloud.

The bundle contains this file unchanged. An organizer's own settings go into config.d/*.py beside this file: they are
read last, in the order of their names, with `c` and `event` defined.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

from traitlets.config import Config

HERE = Path(__file__).resolve().parent
# the sections, and the bundle's pophub/core
sys.path[:0] = [str(HERE), str(HERE.parent)]

from sections import (  # noqa: E402
    choices,
    costs,
    culling,
    database,
    event_log,
    hub,
    login,
    prometheus,
    roles,
    servers,
    unix_accounts,
    wake,
    watch,
    workers,
)
from sections.event import Event  # noqa: E402

from pophub.core.contract import EVENT_FILE  # noqa: E402

SECTIONS = (
    hub.hub,
    hub.proxy,
    hub.pages,
    hub.spawn_limits,
    hub.own_addresses,
    database.database,
    event_log.event_log,
    login.login,
    wake.wake,
    costs.costs,
    prometheus.worker_figures,
    roles.roles,
    servers.servers,
    servers.containers,
    choices.choices,
    unix_accounts.accounts,
    workers.workers,
    culling.culling,
    watch.refuse_new_servers,
)


def organizers_settings(c: Config, event: Event) -> None:
    """The organizer's own settings, which override all others."""
    for path in sorted((HERE / "config.d").glob("*.py")):
        runpy.run_path(str(path), init_globals={"c": c, "get_config": lambda: c, "event": event})


def configure(c: Config, event: Event) -> None:
    """Every section, then the organizer's own settings."""
    for section in (*SECTIONS, organizers_settings):
        section(c, event)


configure(get_config(), json.loads((HERE / EVENT_FILE).read_text()))  # type: ignore[name-defined]  # noqa: F821
