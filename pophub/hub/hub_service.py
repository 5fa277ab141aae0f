"""A JupyterHub service with the hub's login: it decides who sees which page, and others make the pages.

JupyterHub starts it and sets its environment; tornado and jupyterhub are in the hub's own Python environment:
https://jupyterhub.readthedocs.io/en/6.1.1/reference/services.html
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import secrets
from html import escape
from typing import Any, Protocol
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated  # type: ignore[import-untyped]
from tornado.web import Application, HTTPError, RedirectHandler, RequestHandler, authenticated

from pophub.core.errors import PophubError

# the page loads nothing and cannot be shown in a frame; its only style is allowed by its digest
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Pages(Protocol):
    """The pages of this service; each method raises a PophubError if it cannot make its page. `top` is HTML placed first."""

    def page(self, *, names: bool, top: str) -> str:
        """The page with everybody's figures, for organizers."""

    def as_json(self) -> str:
        """The same figures for a program."""

    def own(self, user: str, *, top: str) -> str:
        """The page with one participant's own figures."""


class _Handler(HubOAuthenticated, RequestHandler):  # type: ignore[misc]
    """A handler for everyone that the hub lets in; people with the scope `everything` see everything."""

    def initialize(self, pages: Pages, everything: str) -> None:
        self.pages, self.everything = pages, everything

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Content-Security-Policy", POLICY)

    def sees_everything(self) -> bool:
        """Whether the hub gave the scope to this person's token."""
        return bool(self.hub_auth.check_scopes({self.everything}, self.current_user))

    def show(self, page: str) -> None:
        """Send a page that contains its own style."""
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        digests = (base64.b64encode(hashlib.sha256(it.encode()).digest()).decode() for it in STYLE.findall(page))
        styles = " ".join(f"'sha256-{it}'" for it in digests) or "'none'"
        self.set_header("Content-Security-Policy", f"{POLICY}; style-src {styles}")
        self.finish(page)

    def write_error(self, status_code: int, **about: Any) -> None:
        error = about.get("exc_info", (None, None))[1]
        cause = getattr(error, "__cause__", None)
        why = f"{cause.problem}: {cause.hint}" if isinstance(cause, PophubError) else self._reason
        body = f"<p>{status_code}: {escape(why)}.</p>{self.way_back()}"
        self.show(f'<!DOCTYPE html>\n<html lang="en"><title>{status_code}</title><body>{body}</body></html>\n')

    def way_back(self, more: str = "") -> str:
        """A line with a link to the hub."""
        return f'<nav><a href="{escape(self.hub_auth.hub_prefix)}home">To the hub</a>{more}</nav>'


class _Page(_Handler):
    @authenticated
    async def get(self) -> None:
        try:
            self.show(await asyncio.to_thread(self._made))
        except PophubError as error:
            raise HTTPError(503) from error

    def _made(self) -> str:
        if not self.sees_everything():
            return self.pages.own(self.current_user["name"], top=self.way_back())
        names = self.get_query_argument("names", "") == "yes"
        other = '<a href="?">Without names</a>' if names else '<a href="?names=yes">With names</a>'
        return self.pages.page(names=names, top=self.way_back(f'{other}<a href="report.json">As JSON</a>'))


class _Json(_Handler):
    @authenticated
    async def get(self) -> None:
        if not self.sees_everything():
            raise HTTPError(403)
        try:
            figures = await asyncio.to_thread(self.pages.as_json)
        except PophubError as error:
            raise HTTPError(503) from error
        # a header that is set after `finish` is not sent
        self.set_header("Content-Type", "application/json")
        self.finish(figures)


def application(pages: Pages, everything: str, prefix: str) -> Application:
    """The pages below `prefix`, the path that the hub gave to this service."""
    given = {"pages": pages, "everything": everything}
    return Application(
        [
            (prefix.rstrip("/"), RedirectHandler, {"url": prefix}),
            (prefix, _Page, given),
            (f"{prefix}report.json", _Json, given),
            (f"{prefix}oauth_callback", HubOAuthCallbackHandler),
        ],
        # after a restart everybody must sign in again; the hub does that without asking them
        cookie_secret=secrets.token_bytes(32),
        # an address may contain the code of a sign-in
        log_function=lambda handler: None,
    )


async def serve(pages: Pages, everything: str) -> None:
    """Answer at the address that the hub gave to this service, for ever."""
    place = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    served = application(pages, everything, os.environ["JUPYTERHUB_SERVICE_PREFIX"])
    served.listen(place.port or 0, place.hostname or "")
    await asyncio.Event().wait()
