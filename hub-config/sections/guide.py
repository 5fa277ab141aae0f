"""The participant guide at /hub/guide, also for who has not signed in. Its words are a variable of every page."""

from __future__ import annotations

from jupyterhub.handlers import BaseHandler  # type: ignore[import-untyped]
from traitlets.config import Config

from sections.event import Event
from sections.notice import StopNotice


class GuidePage(BaseHandler):  # type: ignore[misc]
    """The guide for the event's website as a page of the hub."""

    async def get(self) -> None:
        """The page, with the visitor's name in its bar where there is one."""
        self.finish(await self.render_template("guide.html"))


def guide(c: Config, event: Event) -> None:
    """The addresses that are ours. JupyterHub would rather have a service: a process more, and pages that look otherwise."""
    c.JupyterHub.extra_handlers = [(r"/guide", GuidePage), (r"/api/stop-notice", StopNotice)]
