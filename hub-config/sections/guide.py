"""The participant guide at /hub/guide, also for people who are not signed in. Its text is a template variable."""

from __future__ import annotations

from jupyterhub.handlers import BaseHandler  # type: ignore[import-untyped]
from traitlets.config import Config

from sections.event import Event
from sections.notice import StopNotice


class GuidePage(BaseHandler):  # type: ignore[misc]
    """The guide for the event's website as a page of the hub."""

    async def get(self) -> None:
        """The page; its bar has the user's name if somebody is signed in."""
        self.finish(await self.render_template("guide.html"))


def guide(c: Config, event: Event) -> None:
    """Our own addresses. JupyterHub recommends a service for them, but that would be another process with another page style."""
    c.JupyterHub.extra_handlers = [(r"/guide", GuidePage), (r"/api/stop-notice", StopNotice)]
