"""Runs cells through a kernel's websocket with tornado, which the hub's environment has."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from tornado.httpclient import HTTPRequest
from tornado.netutil import DefaultLoopResolver, OverrideResolver
from tornado.websocket import WebSocketClientConnection, websocket_connect

from pophub.hub.rehearsal.messages import answers, execute_request, is_last, shown, too_long


def run_cells(channels: str, cookies: str, cells: Sequence[str], seconds: float, *, here: bool = False) -> list[str]:
    """Each cell's output. `here` connects to this machine whatever address the host name has.

    Raises:
        PophubError: a cell raised, or all of them did not end in time.
        OSError, tornado.httpclient.HTTPClientError: there is no connection to the kernel.
    """

    async def all_in_time() -> list[str]:
        try:
            return await asyncio.wait_for(_run(channels, cookies, cells, here=here), seconds)
        except TimeoutError as error:
            raise too_long(seconds) from error

    return asyncio.run(all_in_time())


async def _run(channels: str, cookies: str, cells: Sequence[str], *, here: bool) -> list[str]:
    request = HTTPRequest(channels, headers={"Cookie": cookies}, validate_cert=not here)
    mapping = {str(urlsplit(channels).hostname): "127.0.0.1"} if here else {}
    connection = await websocket_connect(request, resolver=OverrideResolver(DefaultLoopResolver(), mapping))
    try:
        return [await _one(connection, code) for code in cells]
    finally:
        connection.close()


async def _one(connection: WebSocketClientConnection, code: str) -> str:
    request = execute_request(code)
    await connection.write_message(json.dumps(request))
    output: list[str] = []
    while (text := await connection.read_message()) is not None:
        message = json.loads(text)
        if not answers(message, request):
            continue
        if is_last(message):
            return "".join(output).strip()
        output.append(shown(message))
    raise OSError("the kernel closed the connection")
