"""The hub's address, its data, its pages, and how many people it accepts."""

from __future__ import annotations

import json
from datetime import date

from jupyterhub.handlers import BaseHandler  # type: ignore[import-untyped]
from traitlets.config import Config

from pophub.core import contract
from sections.containers import ended_for_memory
from sections.event import HERE, STATE, Event
from sections.notice import StopNotice, message, stop_notice
from sections.patches.activity import count_only_people
from sections.patches.stopped import answer_for_stopped_servers
from sections.rehearsal import SignInPretended
from sections.watch import server_idle

# JupyterHub's orange is too light for white text
COLOUR = "#b34700"
# black and white have the same contrast, 4.58, on a colour of this luminance; so one of them has 4.5 on every colour:
# https://www.w3.org/TR/WCAG22/#contrast-minimum
MIDDLE_LUMINANCE = 0.1791


class GuidePage(BaseHandler):  # type: ignore[misc]
    """The participants' guide at /hub/guide, also for people who are not signed in. Its text is a template variable."""

    async def get(self) -> None:
        """The page; its bar has the user's name if somebody is signed in."""
        self.finish(await self.render_template("guide.html"))


def hub(c: Config, event: Event) -> None:
    """The hub's address and its data."""
    c.JupyterHub.hub_ip = contract.HUB_ADDRESS
    c.JupyterHub.hub_port = contract.HUB_PORT
    c.JupyterHub.public_url = event["url"]
    c.JupyterHub.cookie_secret_file = f"{STATE}/cookie_secret"
    c.JupyterHub.authenticate_prometheus = True
    # servers keep running while the hub restarts
    c.JupyterHub.cleanup_servers = False
    c.JupyterHub.shutdown_on_logout = True
    count_only_people()
    answer_for_stopped_servers()


def proxy(c: Config, event: Event) -> None:
    """The proxy is a separate service; it and the hub read the proxy's token from the environment."""
    c.JupyterHub.bind_url = contract.PROXY_URL
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{contract.PROXY_API_PORT}"


def pages(c: Config, event: Event) -> None:
    """Our templates in place of JupyterHub's own, with the event as a variable."""
    c.JupyterHub.template_paths = [str(HERE / "templates")]
    ends = date.fromisoformat(event["ends"])
    # JupyterHub calls functions among these for each page, with the current user
    c.JupyterHub.template_vars = {
        "event": event,
        "colours": colours(event.get("branding", {}).get("colour") or COLOUR),
        "guide": json.loads((HERE / contract.GUIDE_FILE).read_text()),
        "last_day": f"{ends.day} {ends:%B %Y}",
        "stop_notice": stop_notice,
        "helpers_message": message,
        "ended_for_memory": ended_for_memory,
        "server_minutes": lambda _: int(server_idle(event["idle"]["server_minutes"] * 60)) // 60,
    }
    if logo := next(HERE.glob("logo.*"), None):
        c.JupyterHub.logo_file = str(logo)
    # show the waiting page at once, not after ten seconds of an empty page
    c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}


def colours(button: str) -> dict[str, str]:
    """The colour of buttons, and black or white for their text, whichever is easier to read on it."""
    return {"button": button, "text": "#000000" if luminance(button) > MIDDLE_LUMINANCE else "#ffffff"}


def luminance(colour: str) -> float:
    """From 0 (black) to 1 (white): https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def own_addresses(c: Config, event: Event) -> None:
    """Our own addresses. JupyterHub recommends a service for them, but that would be another process with another page style."""
    c.JupyterHub.extra_handlers = [
        (r"/guide", GuidePage),
        (r"/api/stop-notice", StopNotice),
        (r"/api/rehearsal/([^/]+)", SignInPretended),
    ]


def spawn_limits(c: Config, event: Event) -> None:
    """All servers may start at the same time. People beyond the limit get a page that says what to do."""
    c.JupyterHub.concurrent_spawn_limit = event["server_limit"]
    c.JupyterHub.active_server_limit = event["server_limit"]
