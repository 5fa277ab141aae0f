"""Who sees which page of the costs."""

from __future__ import annotations

import asyncio
from typing import Protocol

from tornado.web import HTTPError, authenticated

from pophub.core.contract import COSTS_SCOPE
from pophub.core.errors import PophubError
from pophub.hub.hub_service import Handler, Route


class Pages(Protocol):
    """The pages of this service; each method raises a PophubError if it cannot make its page. `top` is HTML placed first."""

    def page(self, *, names: bool, top: str) -> str:
        """The page with everybody's figures, for organizers."""

    def as_json(self) -> str:
        """The same figures for a program."""

    def own(self, user: str, *, top: str) -> str:
        """The page with one participant's own figures."""


class _Page(Handler):
    def initialize(self, pages: Pages) -> None:
        self.pages = pages

    @authenticated
    async def get(self) -> None:
        try:
            self.show(await asyncio.to_thread(self._made))
        except PophubError as error:
            raise HTTPError(503) from error

    def _made(self) -> str:
        if not self.has(COSTS_SCOPE):
            return self.pages.own(self.current_user["name"], top=self.way_back())
        names = self.get_query_argument("names", "") == "yes"
        other = '<a href="?">Without names</a>' if names else '<a href="?names=yes">With names</a>'
        return self.pages.page(names=names, top=self.way_back(f'{other}<a href="report.json">As JSON</a>'))


class _Json(Handler):
    def initialize(self, pages: Pages) -> None:
        self.pages = pages

    @authenticated
    async def get(self) -> None:
        if not self.has(COSTS_SCOPE):
            raise HTTPError(403)
        try:
            self.answer(await asyncio.to_thread(self.pages.as_json))
        except PophubError as error:
            raise HTTPError(503) from error


def routes(pages: Pages) -> list[Route]:
    """The page, and its figures for a program."""
    return [("", _Page, {"pages": pages}), ("report.json", _Json, {"pages": pages})]
