"""The page, its data as JSON, and its actions. Only helpers get in: the hub gives nobody else the service's scope."""

from __future__ import annotations

import asyncio
import json
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from tornado.web import HTTPError, authenticated

from pophub.core.errors import PophubError
from pophub.core.look import Brand, framed
from pophub.hub.helpers_page.actions import Actions
from pophub.hub.helpers_page.snapshot import Snapshots
from pophub.hub.hub_api import HubApi
from pophub.hub.hub_service import Handler, Route

LONGEST_REQUEST_BYTES = 4096


class _Helpers(Handler):
    """Asks the hub with the visitor's own token, so that nobody sees or does more than the hub allows them."""

    def initialize(self, snapshots: Snapshots, actions: Actions, hub_url: str) -> None:
        self.snapshots, self.actions, self.hub_url = snapshots, actions, hub_url

    @property
    def api(self) -> HubApi:
        return HubApi(self.hub_url, str(self.hub_auth.get_token(self) or ""))

    def write_error(self, status_code: int, **about: Any) -> None:
        error = about.get("exc_info", (None, None))[1]
        cause = getattr(error, "__cause__", None)
        if isinstance(cause, PophubError) and "json" in self.request.headers.get("Accept", ""):
            self.answer({"problem": cause.problem, "hint": cause.hint})
            return
        super().write_error(status_code, **about)


class _Page(_Helpers):
    @authenticated
    async def get(self) -> None:
        self.show(helpers_page(self.xsrf_token.decode(), self.hub_auth.hub_prefix, self.brand))


class _State(_Helpers):
    @authenticated
    async def get(self) -> None:
        try:
            self.answer(await asyncio.to_thread(self.snapshots.get, self.api))
        except PophubError as error:
            raise HTTPError(503) from error


class _Act(_Helpers):
    @authenticated
    async def post(self, name: str) -> None:
        try:
            if len(self.request.body) > LONGEST_REQUEST_BYTES:
                raise PophubError("the request is too long", hint="write less")
            asked = json.loads(self.request.body or b"{}")
            helper = str(self.current_user["name"])
            done = await asyncio.to_thread(self.actions.do, name, dict(asked), self.api, helper)
        except PophubError as error:
            raise HTTPError(409) from error
        except (ValueError, TypeError) as error:
            raise HTTPError(400) from error
        self.snapshots.forget()
        self.answer({"done": done})


def helpers_page(xsrf: str, hub: str, brand: Brand) -> str:
    """The whole page; `xsrf` is the token that its requests send back, `hub` the prefix of the hub's own pages."""
    body = Template(_file("page.html")).substitute(xsrf=escape(xsrf), hub=escape(hub))
    return framed("Helpers", body, brand=brand, style=_file("page.css"), script=_file("page.js"))


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def routes(snapshots: Snapshots, actions: Actions, hub_url: str) -> list[Route]:
    """The page, its data, and what can be done."""
    given = {"snapshots": snapshots, "actions": actions, "hub_url": hub_url}
    return [("", _Page, given), ("state.json", _State, given), (r"do/([a-z-]+)", _Act, given)]
