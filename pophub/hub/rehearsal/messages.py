"""What a notebook page and a kernel say to each other about one cell. Pure.

https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""

from __future__ import annotations

import uuid
from typing import Any

from pophub.core.errors import ExitCode, PophubError


def execute_request(code: str) -> dict[str, Any]:
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


def answers(message: dict[str, Any], request: dict[str, Any]) -> bool:
    """Whether a message is about this request's cell."""
    return bool(message.get("parent_header", {}).get("msg_id") == request["header"]["msg_id"])


def is_last(message: dict[str, Any]) -> bool:
    """Whether the cell has ended."""
    return bool(message["msg_type"] == "status" and message["content"]["execution_state"] == "idle")


def shown(message: dict[str, Any]) -> str:
    """The text that a message adds to the cell's output.

    Raises:
        PophubError: the cell raised.
    """
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


def too_long(seconds: float) -> PophubError:
    return PophubError(f"the cell had not ended after {seconds:g} s", code=ExitCode.REFUSED)
