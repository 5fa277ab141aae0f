"""The stop that stands announced: what the hub's pages and JupyterLab tell of it, and the hour that people can ask for.

JupyterLab asks once a minute, by hub-config/jupyter/labextensions/pophub-stop-notice.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyterhub.apihandlers import APIHandler  # type: ignore[import-untyped]
from jupyterhub.utils import utcnow  # type: ignore[import-untyped]
from tornado.web import HTTPError

from pophub.core import contract
from sections.event import STATE
from sections.watch import told

# the watch writes the one (pophub/hub/watch/act.py) and reads the other (pophub/hub/watch/collect.py)
BANNER = Path(contract.RUN_FOLDER, contract.BANNER_FILE)
ASKED = STATE / contract.ASKED_FILE
NEVER = datetime.min.replace(tzinfo=UTC)
NO_SERVER = "Only who has a server running can keep the hub on."
TOO_LATE = "The hub can no longer be kept on: save your work."


class StopNotice(APIHandler):  # type: ignore[misc]
    """At /hub/api/stop-notice: told to anybody, as the pages tell it; the hour is given to who has a server."""

    # a browser sends its cookie unasked: a page in view would be somebody at work, and any page could ask for the hour
    _accept_cookie_auth = False

    def get(self) -> None:
        """The notice, and in how many seconds the hub stops; empty where no stop stands announced."""
        notice = stop_notice()
        self.set_header("Cache-Control", "no-store")
        self.finish({**notice, "seconds": seconds_to(notice["stop_at"])} if notice else {})

    def post(self) -> None:
        """Ask for what the notice offers; until when that is."""
        user = self.current_user
        if not getattr(user, "running", False) or not self.get_scope_filter("access:servers")(user.spawner, "server"):
            raise HTTPError(403, NO_SERVER)
        notice = told(BANNER)
        offer = notice.get("keep")
        if not offer or seconds_to(notice["stop_at"]) <= 0:
            raise HTTPError(409, TOO_LATE)
        ask_for(offer["until"])
        # the culler is told as well: this is somebody at work
        user.orm_user.last_activity = user.spawner.orm_spawner.last_activity = utcnow(with_tz=False)
        self.db.commit()
        self.finish({"clock": offer["clock"]})


def stop_notice(_: Any = None) -> dict[str, Any]:
    """The stop that stands announced, for every page of the hub and whoever looks at it; empty where none does.

    Once somebody has asked for the hub against it, it is as good as withdrawn; the watch does so within a minute.
    """
    notice = told(BANNER)
    return {} if notice.get("keep") and asked_until() > datetime.fromisoformat(notice["stop_at"]) else notice


def seconds_to(moment: str) -> int:
    """From now; the browser's clock may be wrong."""
    return int((datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds())


def asked_until() -> datetime:
    """The latest that participants have asked for."""
    with suppress(OSError, ValueError, TypeError):
        return max(NEVER, *map(datetime.fromisoformat, json.loads(ASKED.read_text())))
    return NEVER


def ask_for(until: str) -> None:
    """Once for everybody: between two looks of the watch it offers all the same moment.

    Raises:
        OSError: the disk is full or gone; what stood there before still does.
    """
    if asked_until() >= datetime.fromisoformat(until):
        return
    new = ASKED.with_suffix(".new")
    with new.open("w") as file:
        json.dump([until], file)
        file.flush()
        # or a crash leaves the name without the content
        os.fsync(file.fileno())
    new.replace(ASKED)
