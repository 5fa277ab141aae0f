"""The hub's answer to a JupyterLab page whose server has been stopped, for example during a long lunch."""

from __future__ import annotations

import json
from typing import Any

from jupyterhub.handlers.base import PrefixRedirectHandler  # type: ignore[import-untyped]

# JupyterLab shows this text in its dialog "File Save Error for …"
WORDS = (
    "Your server was stopped meanwhile, or this page is old. Copy what is not saved, then reload the page: "
    "it starts your server again, with all files that were saved."
)
# JupyterHub's own status for a server that does not run: "Failed Dependency"
STOPPED = 424


def answer_for_stopped_servers() -> None:
    """Change JupyterHub's handlers for this whole process: a save gets the same status as JupyterHub gives to a read.

    Otherwise JupyterHub's protection against forged requests answers first, because the page has the server's cookies
    and not the hub's. The handler changes nothing, so a forged request gains nothing.

    https://github.com/jupyterhub/jupyterhub/blob/6.1.1/jupyterhub/handlers/base.py, UserUrlHandler.non_get
    """
    PrefixRedirectHandler.check_xsrf_cookie = lambda self: None
    for method in ("post", "put", "patch", "delete"):
        setattr(PrefixRedirectHandler, method, _stopped)


def _stopped(handler: Any, *_: Any) -> None:
    handler.set_status(STOPPED)
    handler.set_header("Content-Type", "application/json")
    handler.finish(json.dumps({"message": WORDS}))
