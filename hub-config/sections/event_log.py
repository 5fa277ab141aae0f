"""The hub's event log: each start and stop of a server, each end that nobody asked for, and each start that Docker refused."""

from __future__ import annotations

from logging.handlers import RotatingFileHandler
from typing import Any

from traitlets.config import Config

from sections.event import STATE, Event

# a line has about 300 bytes and a server writes two a day, so no event fills these files
EVENT_LOG_BYTES, EVENT_LOG_FILES = 10 * 1024**2, 3
TEXT = {"type": "string"}
SERVER_ENDED = {
    "$id": "https://pophub.invalid/events/server-ended",
    "version": "1",
    "title": "A server has ended by itself",
    "description": "Neither its owner nor the hub has stopped it.",
    "type": "object",
    "properties": {"action": TEXT, "username": TEXT, "servername": TEXT, "reason": TEXT},
}


def event_log(c: Config, event: Event) -> None:
    """Each start and stop of a server as a line of JSON; when the files are full, the oldest lines are deleted."""
    handler = RotatingFileHandler(
        STATE / "events.jsonl", maxBytes=EVENT_LOG_BYTES, backupCount=EVENT_LOG_FILES, encoding="utf-8", delay=True
    )
    c.EventLogger.handlers = [handler]


def note_end(spawner: Any, reason: str) -> None:
    """Write one line to the event log and one to the journal."""
    spawner.log.warning("the server of %s has ended: %s", spawner.user.name, reason)
    log = spawner.user.settings["eventlog"]
    if SERVER_ENDED["$id"] not in log.schemas:
        log.register_event_schema(SERVER_ENDED)
    data = {"action": "ended", "username": spawner.user.name, "servername": spawner.name, "reason": reason}
    log.emit(schema_id=SERVER_ENDED["$id"], data=data)
