"""The hub's database."""

from __future__ import annotations

import os
import sys
from sqlite3 import Connection

from traitlets.config import Config

from sections.event import STATE, Event


def database(c: Config, event: Event) -> None:
    """SQLite on the home volume, or a PostgreSQL. Its address contains a password, so it comes from the environment."""
    if event["database"] == "sqlite":
        c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
        c.JupyterHub.db_kwargs = {"pool_events": [(write_ahead, "connect")]}
        return
    kind, _, rest = os.environ.get("DATABASE_URL", "").partition("://")
    if kind != "postgresql" or not rest:
        sys.exit("DATABASE_URL in the hub's environment must be postgresql://USER:PASSWORD@HOST/DATABASE")
    # SQLAlchemy would otherwise use another driver than the one in requirements-hub.in
    c.JupyterHub.db_url = f"postgresql+psycopg2://{rest}"
    # open a new connection if the database has closed the old one
    c.JupyterHub.db_kwargs = {"pool_pre_ping": True}


def write_ahead(connection: Connection, _record: object) -> None:
    """Let a commit wait for no disk: a click needs several, and the hub answers nobody meanwhile.

    A power loss may undo the last commits, and damages nothing: https://www.sqlite.org/pragma.html#pragma_synchronous
    """
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
