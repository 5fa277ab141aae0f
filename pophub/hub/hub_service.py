"""A service behind the hub's login, in a process of its own: if it fails, the hub goes on without its page.

tornado and jupyterhub are in the hub's own Python environment:
https://jupyterhub.readthedocs.io/en/6.1.1/reference/services.html
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from http.client import responses
from typing import Any

from tornado.web import Application, RedirectHandler, RequestHandler

from pophub.core.contract import PROXY_URL
from pophub.core.errors import PophubError
from pophub.core.look import NO_BRAND, Brand, framed, policy
from pophub.hub.without_database import without_database

with without_database():
    from jupyterhub.services.auth import (  # type: ignore[import-untyped]
        HubOAuth,
        HubOAuthCallbackHandler,
        HubOAuthenticated,
    )

# what a page's own policy cannot say: https://www.w3.org/TR/CSP3/#meta-element
POLICY = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADINGS = {403: "This page is not open to you", 404: "There is nothing at this address"}
# (place below the service's prefix, handler, the handler's arguments)
Route = tuple[str, type[RequestHandler], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the hub knows it."""

    name: str
    token: str
    port: int
    hub_url: str = PROXY_URL
    brand: Brand = NO_BRAND

    @property
    def prefix(self) -> str:
        return f"/services/{self.name}/"

    def sign_in(self) -> HubOAuth:
        """The settings with which this process asks the hub who a visitor is, as JupyterHub gives them to its own services."""
        return HubOAuth(
            api_url=f"{self.hub_url}/hub/api",
            api_token=self.token,
            base_url=self.prefix,
            hub_prefix="/hub/",
            oauth_client_id=f"service-{self.name}",
            access_scopes={f"access:services!service={self.name}"},
        )


class Handler(HubOAuthenticated, RequestHandler):  # type: ignore[misc]
    """A handler for everybody whom the hub lets in."""

    brand = NO_BRAND

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Content-Security-Policy", f"default-src 'none'; {POLICY}")

    def has(self, scope: str) -> bool:
        """Whether the hub gave the scope to this person's token."""
        return bool(self.hub_auth.check_scopes({scope}, self.current_user))

    def show(self, page: str) -> None:
        """Send a page of `look.framed`."""
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.set_header("Content-Security-Policy", f"{policy(page)}; {POLICY}")
        self.finish(page)

    def answer(self, facts: Any) -> None:
        """Send JSON."""
        # before `finish`, which sends the headers
        self.set_header("Content-Type", "application/json")
        self.finish(facts if isinstance(facts, str) else json.dumps(facts))

    def write_error(self, status_code: int, **about: Any) -> None:
        error = about.get("exc_info", (None, None))[1]
        cause = getattr(error, "__cause__", None)
        why = f"{cause.problem}: {cause.hint}" if isinstance(cause, PophubError) else self._reason
        self.show(error_page(status_code, why, self.hub_auth.hub_prefix, self.brand))

    def way_back(self, more: str = "") -> str:
        """A line with a link to the hub."""
        home = escape(self.hub_auth.hub_prefix)
        return f'<nav class="top" aria-label="Hub"><a href="{home}home">To the hub</a>{more}</nav>'


def error_page(status: int, why: str, hub: str, brand: Brand) -> str:
    """A page with the reason of an error; `hub` is the prefix of the hub's own pages."""
    heading = HEADINGS.get(status, "This page cannot be shown just now")
    # without a reason of ours, tornado gives the name of the status, which the page need not repeat
    reason = "" if why == responses.get(status) else f"<p>{escape(why[:1].upper() + why[1:])}.</p>"
    home = f'<p><a class="button first" href="{escape(hub)}home">To the hub</a></p>'
    return framed(
        heading, f'<main><h1>{heading}</h1>{reason}{home}<p class="quiet">Error {status}</p></main>', brand=brand
    )


class Callback(HubOAuthCallbackHandler):  # type: ignore[misc]
    """The address to which the hub sends people back after their sign-in."""


async def serve(service: Service, routes: Sequence[Route]) -> None:
    """Answer at the service's port of this machine until the process ends."""
    Handler.hub_auth = Callback.hub_auth = service.sign_in()
    Handler.brand = service.brand
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
