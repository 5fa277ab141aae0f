"""A service behind the hub's login, in a process of its own: if it fails, the hub goes on without its page.

tornado and jupyterhub are in the hub's own Python environment:
https://jupyterhub.readthedocs.io/en/6.1.1/reference/services.html
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from tornado.web import Application, RedirectHandler, RequestHandler

from pophub.core.contract import PROXY_URL
from pophub.core.errors import PophubError
from pophub.hub.without_database import without_database

with without_database():
    from jupyterhub.services.auth import (  # type: ignore[import-untyped]
        HubOAuth,
        HubOAuthCallbackHandler,
        HubOAuthenticated,
    )

# the page loads nothing from elsewhere and cannot be shown in a frame; its styles and scripts are allowed by their digests
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# (place below the service's prefix, handler, the handler's arguments)
Route = tuple[str, type[RequestHandler], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the hub knows it."""

    name: str
    token: str
    port: int
    hub_url: str = PROXY_URL

    @property
    def prefix(self) -> str:
        return f"/services/{self.name}/"

    def sign_in(self) -> HubOAuth:
        """How this process asks the hub who somebody is; JupyterHub sets the same for services that it starts itself."""
        return HubOAuth(
            api_url=f"{self.hub_url}/hub/api",
            api_token=self.token,
            base_url=self.prefix,
            hub_prefix="/hub/",
            oauth_client_id=f"service-{self.name}",
            access_scopes={f"access:services!service={self.name}"},
        )


class Handler(HubOAuthenticated, RequestHandler):  # type: ignore[misc]
    """A handler for everyone that the hub lets in."""

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Content-Security-Policy", POLICY)

    def has(self, scope: str) -> bool:
        """Whether the hub gave the scope to this person's token."""
        return bool(self.hub_auth.check_scopes({scope}, self.current_user))

    def show(self, page: str) -> None:
        """Send a page that contains its own styles and scripts. A page with a script may ask this service for more."""
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        script = _allowed(SCRIPT.findall(page))
        more = f"; script-src {script}; connect-src 'self'" if script != "'none'" else ""
        self.set_header("Content-Security-Policy", f"{POLICY}; style-src {_allowed(STYLE.findall(page))}{more}")
        self.finish(page)

    def answer(self, facts: Any) -> None:
        """Send JSON."""
        # a header that is set after `finish` is not sent
        self.set_header("Content-Type", "application/json")
        self.finish(facts if isinstance(facts, str) else json.dumps(facts))

    def write_error(self, status_code: int, **about: Any) -> None:
        error = about.get("exc_info", (None, None))[1]
        cause = getattr(error, "__cause__", None)
        why = f"{cause.problem}: {cause.hint}" if isinstance(cause, PophubError) else self._reason
        body = f"<p>{status_code}: {escape(why)}.</p>{self.way_back()}"
        self.show(f'<!DOCTYPE html>\n<html lang="en"><title>{status_code}</title><body>{body}</body></html>\n')

    def way_back(self, more: str = "") -> str:
        """A line with a link to the hub."""
        return f'<nav><a href="{escape(self.hub_auth.hub_prefix)}home">To the hub</a>{more}</nav>'


class Callback(HubOAuthCallbackHandler):  # type: ignore[misc]
    """Where the hub sends people back to after it has said who they are."""


def _allowed(texts: Sequence[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(it.encode()).digest()).decode() for it in texts)
    return " ".join(f"'sha256-{it}'" for it in digests) or "'none'"


async def serve(service: Service, routes: Sequence[Route]) -> None:
    """Answer at the service's port of this machine, for ever."""
    Handler.hub_auth = Callback.hub_auth = service.sign_in()
    served = Application(
        [
            (service.prefix.rstrip("/"), RedirectHandler, {"url": service.prefix}),
            *((f"{service.prefix}{place}", handler, given) for place, handler, given in routes),
            (f"{service.prefix}oauth_callback", Callback),
        ],
        # after a restart everybody must sign in again; the hub does that without asking them
        cookie_secret=secrets.token_bytes(32),
        # an address may contain the code of a sign-in
        log_function=lambda handler: None,
    )
    served.listen(service.port, "127.0.0.1")
    await asyncio.Event().wait()
