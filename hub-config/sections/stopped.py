"""What the hub answers to a page of JupyterLab whose server was stopped meanwhile, as after a long lunch."""

from __future__ import annotations

import json
from typing import Any

from jupyterhub.handlers.base import PrefixRedirectHandler  # type: ignore[import-untyped]

# JupyterLab shows it in its dialog: "File Save Error for …"
WORDS = (
    "Your server was stopped meanwhile, or this page is old. Copy what is not saved, then reload the page: "
    "it starts your server again, with all files that were saved."
)
# what JupyterHub says of a server that does not run: "Failed Dependency"
STOPPED = 424


def answer_for_stopped_servers() -> None:
    """Once for all that this process answers: a save gets the same status as JupyterHub gives to a look.

    Without it the hub's guard against forged requests speaks first, of cookies that do not match: the page has the
    server's own. Nothing is done here that a forged request could want.
    https://github.com/jupyterhub/jupyterhub/blob/6.1.1/jupyterhub/handlers/base.py, UserUrlHandler.non_get
    """
    PrefixRedirectHandler.check_xsrf_cookie = lambda self: None
    for method in ("post", "put", "patch", "delete"):
        setattr(PrefixRedirectHandler, method, _stopped)


def _stopped(handler: Any, *_: Any) -> None:
    handler.set_status(STOPPED)
    handler.set_header("Content-Type", "application/json")
    handler.finish(json.dumps({"message": WORDS}))
