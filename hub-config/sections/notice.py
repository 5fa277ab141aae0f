"""The announced stop: what the hub's pages and JupyterLab show of it, and the request to keep the hub for an hour.

The JupyterLab extension hub-config/jupyter/labextensions/pophub-stop-notice asks once a minute.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyterhub.apihandlers import APIHandler  # type: ignore[import-untyped]
from jupyterhub.utils import utcnow  # type: ignore[import-untyped]
from tornado.web import HTTPError

from pophub.core import contract
from pophub.core.keep_requests import ask_for, asked_until
from sections.event import STATE
from sections.watch import read_watch_file

# cost-watch writes the first file (pophub/hub/watch/act.py) and reads the second (pophub/hub/watch/collect.py)
BANNER = Path(contract.RUN_FOLDER, contract.BANNER_FILE)
# pophub/hub/workers writes it
WORKERS = Path(contract.RUN_FOLDER, contract.WORKERS_FILE)
# pophub/hub/helpers_page writes it
MESSAGE = Path(contract.RUN_FOLDER, contract.MESSAGE_FILE)
ASKED = STATE / contract.ASKED_FILE
NO_SERVER = "Only people with a running server can keep the hub on."
TAKEN_BACK = "AWS takes its machine back; your files are safe, and a click starts your server on another machine"
TOO_LATE = "The hub can no longer be kept on: save your work."


class StopNotice(APIHandler):  # type: ignore[misc]
    """/hub/api/stop-notice: anybody can read the notice; only people with a running server can ask for the hour."""

    # browsers send cookies automatically: an open page would count as activity, and any website could ask for the hour
    _accept_cookie_auth = False

    def get(self) -> None:
        """The notice and the seconds until the stop, and the helpers' message; empty if there is neither.

        `user` in the query is whose server asks: a request without a token does not count as activity.
        """
        notice = stop_notice(self.find_user(self.get_argument("user", "")))
        message_text = message()
        self.set_header("Cache-Control", "no-store")
        stop = {**notice, "seconds": seconds_to(notice["stop_at"])} if notice else {}
        self.finish({**stop, "message": message_text} if message_text else stop)

    def post(self) -> None:
        """Ask for the time that the notice offers; answers until when the hub stays on."""
        user = self.current_user
        if not getattr(user, "running", False) or not self.get_scope_filter("access:servers")(user.spawner, "server"):
            raise HTTPError(403, NO_SERVER)
        notice = read_watch_file(BANNER)
        offer = notice.get("keep")
        if not offer or seconds_to(notice["stop_at"]) <= 0:
            raise HTTPError(409, TOO_LATE)
        ask_for(ASKED, datetime.fromisoformat(offer["until"]))
        # this is also activity for the culler
        user.orm_user.last_activity = user.spawner.orm_spawner.last_activity = utcnow(with_tz=False)
        self.db.commit()
        self.finish({"clock": offer["clock"]})


def stop_notice(user: Any = None) -> dict[str, Any]:
    """The announced stop, for every page of the hub; empty if no stop is announced. That of the user's server comes first.

    It is also empty after somebody has asked to keep the hub beyond the stop; cost-watch withdraws the stop within a
    minute.
    """
    if taken := taken_back(user):
        return taken
    notice = read_watch_file(BANNER)
    return {} if notice.get("keep") and asked_until(ASKED) > datetime.fromisoformat(notice["stop_at"]) else notice


def taken_back(user: Any) -> dict[str, Any]:
    """The stop of this user's server alone if AWS takes its worker back; else empty."""
    server = getattr(getattr(user, "spawner", None), "server", None)
    for worker in read_watch_file(WORKERS).get("workers", ()) if server else ():
        if worker["notice"] and worker["address"] == server.ip:
            return {**worker["notice"], "reason": TAKEN_BACK, "keep": None, "server": True}
    return {}


def message(_: Any = None) -> dict[str, Any]:
    """A helper's message to everybody (`text`, `at`); empty if there is none."""
    try:
        return dict(json.loads(MESSAGE.read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def seconds_to(moment: str) -> int:
    """The seconds from now; computed here, because the browser's clock may be wrong."""
    return int((datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds())
