"""A small app as people run them behind jupyter-server-proxy: a page that pushes, is asked all the time, and is used."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.ioloop import PeriodicCallback
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

from lab.running import Running

PUSH_MILLISECONDS = 20


class Pages(RequestHandler):
    """Takes whatever is asked."""

    def get(self) -> None:
        self.write("a page")

    def post(self) -> None:
        self.write("done")

    def check_xsrf_cookie(self) -> None:
        """There is none."""


class Pushing(WebSocketHandler):
    """Sends all the time, and answers each message with itself."""

    def open(self, *_: str, **__: str) -> None:
        self._pushes = PeriodicCallback(self._push, PUSH_MILLISECONDS)
        self._pushes.start()

    def _push(self) -> None:
        self.write_message("pushed")
        self.ping(b"are you there")

    def on_message(self, message: str | bytes) -> None:
        self.write_message(message, binary=isinstance(message, bytes))

    def on_close(self) -> None:
        self._pushes.stop()


class App(Running):
    """Runs in a thread of its own, at a port of this computer."""

    def __init__(self) -> None:
        (self._socket,) = bind_sockets(0, "127.0.0.1")
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = HTTPServer(Application([(r"/ws", Pushing), (r"/.*", Pages)]))
        server.add_socket(self._socket)
        self._loop.run_forever()
        self._loop.run_until_complete(self._close(server))

    async def _close(self, server: Any) -> None:
        server.stop()
        await server.close_all_connections()

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
