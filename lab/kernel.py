"""Runs one cell through a kernel's websocket, as a notebook page does. It returns text only."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import websocket

from pophub.core.errors import ExitCode, PophubError


def run_cell(channels: str, cookies: str, code: str, seconds: float) -> str:
    """The cell's output and value, in the order in which they came.

    Raises:
        PophubError: the cell raised, or did not end in time.
    """
    end = time.monotonic() + seconds
    request = _request(code)
    shown: list[str] = []
    connection = websocket.create_connection(channels, cookie=cookies, timeout=seconds)
    try:
        connection.send(json.dumps(request))
        while time.monotonic() < end:
            message = json.loads(connection.recv())
            if message.get("parent_header", {}).get("msg_id") != request["header"]["msg_id"]:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return "".join(shown).strip()
            shown.append(_shown(message))
    except websocket.WebSocketTimeoutException:
        pass
    finally:
        connection.close()
    raise PophubError(f"the cell had not ended after {seconds:g} s", code=ExitCode.REFUSED)


def _request(code: str) -> dict[str, Any]:
    """https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute"""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "session": uuid.uuid4().hex,
        "username": "",
        "version": "5.3",
    }
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}


def _shown(message: dict[str, Any]) -> str:
    content = message["content"]
    match message["msg_type"]:
        case "stream":
            return str(content["text"])
        case "execute_result" | "display_data":
            return str(content["data"].get("text/plain", "")) + "\n"
        case "error":
            raise PophubError(f"the cell raised {content['ename']}: {content['evalue']}", code=ExitCode.REFUSED)
        case _:
            return ""
