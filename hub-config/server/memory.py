"""Tell people in JupyterLab that Linux killed a program because memory was full; JupyterLab itself shows only a restart."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from pathlib import Path
from typing import Any

NAME = "pophub_memory"
# the container's own file, with cgroups version 2:
# https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
EVENTS = Path("/sys/fs/cgroup/memory.events")
# hub-config/jupyter/labextensions/pophub-stop-notice/notice.js listens to it
SCHEMA = {
    "$id": "https://pophub.invalid/events/ended-for-memory",
    "version": "1",
    "title": "Programs were ended for their memory",
    "description": "How many since the last such event, and what all programs of the server may have together.",
    "type": "object",
    "properties": {"programs": {"type": "integer"}, "limit": {"type": "string"}},
}


def __getattr__(name: str) -> Any:
    """Register the event when jupyter_server asks for `default_handlers`, of which there are none.

    That is before any page listens; a page that listens already does not get events that are registered later:
    https://github.com/jupyter/jupyter_events/blob/main/jupyter_events/logger.py (add_listener)
    """
    if name != "default_handlers":
        raise AttributeError(name)
    server = sys.modules["jupyter_server.serverapp"].ServerApp.instance()
    server.event_logger.register_event_schema(SCHEMA)
    return []


def watch() -> None:
    """Start a thread that sleeps until Linux wakes it; do nothing if the container has no such file."""
    try:
        events = os.open(EVENTS, os.O_RDONLY)
    except OSError:
        return
    threading.Thread(target=_watch, args=(events,), daemon=True).start()


def _watch(events: int) -> None:
    changes = select.poll()
    changes.register(events, select.POLLPRI)
    before = ended(events)
    while True:
        changes.poll()
        now = ended(events)
        if now > before:
            _say(now - before)
        before = now
        # at its limit, a server causes many such events, because Linux frees memory all the time
        time.sleep(1)


def ended(events: int) -> int:
    """The number of programs that were killed so far."""
    lines = dict(line.split() for line in os.pread(events, 4096, 0).decode().splitlines())
    return int(lines.get("oom_kill", 0))


def _say(programs: int) -> None:
    server = sys.modules["jupyter_server.serverapp"].ServerApp.instance()
    server.io_loop.add_callback(emit, server, programs, os.environ.get("MEM_LIMIT", ""))


def emit(server: Any, programs: int, limit_bytes: str) -> None:
    """Send the event to every open page."""
    limit = f"{int(limit_bytes) / 2**30:.3g} GiB" if limit_bytes.isdigit() else ""
    server.log.warning("programs ended because the server's memory of %s was full: %d", limit, programs)
    server.event_logger.emit(schema_id=SCHEMA["$id"], data={"programs": programs, "limit": limit})
