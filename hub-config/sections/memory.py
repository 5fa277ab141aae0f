"""What the hub remembers, and what it writes down of what happens."""

from __future__ import annotations

import os
import sys
from logging.handlers import RotatingFileHandler
from typing import Any

from traitlets.config import Config

from sections.event import STATE, Event

# a line is about 300 bytes, and a server makes two a day: more than any event fills
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


def database(c: Config, event: Event) -> None:
    """SQLite beside the homes, or a PostgreSQL, whose address holds a password and so is a secret."""
    if event["database"] == "sqlite":
        c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
        return
    kind, _, rest = os.environ.get("DATABASE_URL", "").partition("://")
    if kind != "postgresql" or not rest:
        sys.exit("DATABASE_URL in the hub's environment must be postgresql://USER:PASSWORD@HOST/DATABASE")
    # SQLAlchemy would take another driver than the one of requirements-hub.in
    c.JupyterHub.db_url = f"postgresql+psycopg2://{rest}"
    # a connection that the database has closed meanwhile is made anew
    c.JupyterHub.db_kwargs = {"pool_pre_ping": True}


def event_log(c: Config, event: Event) -> None:
    """Each start and stop of a server as a line of JSON; the oldest lines go when the files are full."""
    handler = RotatingFileHandler(
        STATE / "events.jsonl", maxBytes=EVENT_LOG_BYTES, backupCount=EVENT_LOG_FILES, encoding="utf-8", delay=True
    )
    c.EventLogger.handlers = [handler]


def note_end(spawner: Any, reason: str) -> None:
    """A line of the event log, and one of the journal."""
    spawner.log.warning("the server of %s has ended: %s", spawner.user.name, reason)
    log = spawner.user.settings["eventlog"]
    if SERVER_ENDED["$id"] not in log.schemas:
        log.register_event_schema(SERVER_ENDED)
    data = {"action": "ended", "username": spawner.user.name, "servername": spawner.name, "reason": reason}
    log.emit(schema_id=SERVER_ENDED["$id"], data=data)
