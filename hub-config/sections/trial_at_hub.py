"""A server like a participant's, which the running hub starts and stops before people can: POST /hub/api/trial?image=IMAGE.

In a process of its own (trial.py), it would load JupyterHub and all its settings a second time.
"""

from __future__ import annotations

import os

from jupyterhub.apihandlers import APIHandler  # type: ignore[import-untyped]
from tornado.web import HTTPError
from trial import answering, reason

from sections.watch import WATCH

# of the hub's unit: Docker sees it, which does not see the unit's own /tmp, and on the disk of the homes its quota would
# be the first person's
FOLDER = os.environ.get("RUNTIME_DIRECTORY")


class TryServer(APIHandler):  # type: ignore[misc]
    """Answers with nothing as soon as the server does, else with the reason as text; then the server is stopped."""

    # browsers send cookies automatically
    _accept_cookie_auth = False

    async def post(self) -> None:
        """Only for cloud-init/steps/start_services.sh, with the token of cost-watch, which no person has."""
        if getattr(self.current_user, "name", "") != WATCH or self.current_user.kind != "service":
            raise HTTPError(403, "only the hub's machine may ask for this")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        try:
            async with answering(self.settings, self.get_query_argument("image"), FOLDER):
                self.finish()
        except Exception as error:
            if not self._finished:
                self.finish(reason(error))
            else:
                self.log.exception("the server that was tried could not be stopped")
