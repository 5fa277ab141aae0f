"""Lets a site of the lab answer with a fault that a test switches on; see lab/faults.py."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

from tornado.web import Finish, HTTPError, RequestHandler

from lab.faults import RESET_SECONDS, Fault, Faults

FAULTS_PATH = "/lab/faults"


class FaultInjecting(RequestHandler):
    """Answers with the active fault of its path, if there is one."""

    def prepare(self) -> Any:
        fault = self.settings["faults"][0].at(self.request.path)
        if fault is not None and fault.secret:
            self.request.body_arguments["client_secret"] = [fault.secret.encode()]
            return None
        return None if fault is None else self._inject(fault)

    async def _inject(self, fault: Fault) -> None:
        if fault.closes:
            self.detach().close()
            raise Finish
        if not fault.status:
            # until the caller gives up
            await asyncio.Event().wait()
        self.set_status(fault.status)
        self.set_header("Content-Type", "application/json" if fault.body.startswith("{") else "text/html")
        for name, value in fault.headers.items():
            self.set_header(name, value)
        if "x-ratelimit-remaining" in fault.headers:
            self.set_header("x-ratelimit-reset", str(int(time.time()) + RESET_SECONDS))
        self.finish(fault.body)


class FaultControl(RequestHandler):
    """The address at which a test switches faults on; the real site has none."""

    def check_xsrf_cookie(self) -> None:
        pass  # called by a program, which has no cookie

    def put(self) -> None:
        if self.request.headers.get("Authorization") != self.settings["fault_key"]:
            raise HTTPError(403)
        self.settings["faults"][0] = Faults.from_json(json.loads(self.request.body))


def fault_settings(key: str) -> dict[str, Any]:
    """The settings for an application with a FaultControl: no fault yet, and the key of those who may change that."""
    return {"faults": [Faults()], "fault_key": key}


class FaultClient:
    """The test's side: a site at `url` whose client secret is the key for its faults."""

    url: str
    client_secret: str

    @contextmanager
    def fault(self, *on: tuple[str, str]) -> Iterator[None]:
        """Inside the block, paths that match a pattern get the named fault."""
        self._set_weather(on)
        try:
            yield
        finally:
            self._set_weather(())

    def _set_weather(self, on: Collection[tuple[str, str]]) -> None:
        body, headers = json.dumps(list(on)).encode(), {"Authorization": self.client_secret}
        with urlopen(Request(self.url + FAULTS_PATH, body, headers, method="PUT")):
            pass
