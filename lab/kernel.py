"""Runs one cell through a kernel's websocket, as a notebook page does. It returns text only."""

from __future__ import annotations

import json
import time

import websocket

from pophub.hub.rehearsal.messages import answers, execute_request, is_last, shown, too_long


def run_cell(channels: str, cookies: str, code: str, seconds: float) -> str:
    """The cell's output and value, in the order in which they came.

    Raises:
        PophubError: the cell raised, or did not end in time.
    """
    end = time.monotonic() + seconds
    request = execute_request(code)
    output: list[str] = []
    connection = websocket.create_connection(channels, cookie=cookies, timeout=seconds)
    try:
        connection.send(json.dumps(request))
        while time.monotonic() < end:
            message = json.loads(connection.recv())
            if not answers(message, request):
                continue
            if is_last(message):
                return "".join(output).strip()
            output.append(shown(message))
    except websocket.WebSocketTimeoutException:
        pass
    finally:
        connection.close()
    raise too_long(seconds)
