"""The hub's address, its data, its pages, and how many people it accepts."""

from __future__ import annotations

import json
from datetime import date

from jupyterhub.handlers import BaseHandler  # type: ignore[import-untyped]
from traitlets.config import Config

from pophub.core import contract
from pophub.core.look import stylesheet
from sections.containers import ended_for_memory
from sections.event import HERE, STATE, Event
from sections.expected import Expect
from sections.notice import StopNotice, message, stop_notice
from sections.patches.activity import count_only_people
from sections.patches.not_started import use_our_words
from sections.patches.stopped import answer_for_stopped_servers
from sections.rehearsal import SignInPretended
from sections.trial_at_hub import TryServer
from sections.watch import server_idle


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
    use_our_words()


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
        "look": stylesheet(event.get("branding", {}).get("colour") or ""),
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


def own_addresses(c: Config, event: Event) -> None:
    """Our own addresses. JupyterHub recommends a service for them, but that would be another process with another page style."""
    c.JupyterHub.extra_handlers = [
        (r"/guide", GuidePage),
        (r"/api/stop-notice", StopNotice),
        (r"/api/rehearsal/([^/]+)", SignInPretended),
        (r"/api/expected/([^/]+)", Expect, {"event": event}),
        (r"/api/trial", TryServer),
    ]


def spawn_limits(c: Config, event: Event) -> None:
    """All servers may start at the same time. People beyond the limit get a page that says what to do."""
    c.JupyterHub.concurrent_spawn_limit = event["server_limit"]
    c.JupyterHub.active_server_limit = event["server_limit"]
