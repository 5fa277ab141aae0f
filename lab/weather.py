"""Lets a site of the lab answer with a fault that a test switches on; see lab/trouble.py."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

from tornado.web import Finish, HTTPError, RequestHandler

from lab.trouble import RESET_SECONDS, Trouble, Weather

SKY = "/lab/weather"


class Weathered(RequestHandler):
    """Answers with the active fault of its path, if there is one."""

    def prepare(self) -> Any:
        trouble = self.settings["weather"][0].at(self.request.path)
        return None if trouble is None else self._suffer(trouble)

    async def _suffer(self, trouble: Trouble) -> None:
        if trouble.closes:
            self.detach().close()
            raise Finish
        if not trouble.status:
            # until the caller gives up
            await asyncio.Event().wait()
        self.set_status(trouble.status)
        self.set_header("Content-Type", "application/json" if trouble.body.startswith("{") else "text/html")
        for name, value in trouble.headers.items():
            self.set_header(name, value)
        if "x-ratelimit-remaining" in trouble.headers:
            self.set_header("x-ratelimit-reset", str(int(time.time()) + RESET_SECONDS))
        self.finish(trouble.body)


class Sky(RequestHandler):
    """The address at which a test switches faults on; the real site has none."""

    def check_xsrf_cookie(self) -> None:
        pass  # called by a program, which has no cookie

    def put(self) -> None:
        if self.request.headers.get("Authorization") != self.settings["sky_key"]:
            raise HTTPError(403)
        self.settings["weather"][0] = Weather.from_json(json.loads(self.request.body))


def weather_settings(key: str) -> dict[str, Any]:
    """The settings for an application with a Sky: no fault yet, and the key of those who may change that."""
    return {"weather": [Weather()], "sky_key": key}


class WithWeather:
    """The test's side: a site at `url` whose client secret is the key for its faults."""

    url: str
    client_secret: str

    @contextmanager
    def trouble(self, *on: tuple[str, str]) -> Iterator[None]:
        """Inside the block, paths that match a pattern get the named fault."""
        self._set_weather(on)
        try:
            yield
        finally:
            self._set_weather(())

    def _set_weather(self, on: Collection[tuple[str, str]]) -> None:
        body, headers = json.dumps(list(on)).encode(), {"Authorization": self.client_secret}
        with urlopen(Request(self.url + SKY, body, headers, method="PUT")):
            pass
