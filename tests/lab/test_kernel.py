"""A cell's output, put together from a kernel's messages. A real kernel is in test_visitor.py."""

from __future__ import annotations

import json
from typing import Any

import pytest
import websocket

from lab.kernel import run_cell
from pophub.core.errors import PophubError

IDLE = ("status", {"execution_state": "idle"})


class Channels:
    """A websocket on which a kernel answers whatever it is asked with the same messages."""

    def __init__(self, *messages: tuple[str, dict[str, Any]], after_someone_elses: bool = False) -> None:
        self._messages = messages
        self._others = [json.dumps({"msg_type": IDLE[0], "content": IDLE[1], "parent_header": {}})]
        self._answers: list[str] = []
        self.closed = False

    def send(self, text: str) -> None:
        parent = json.loads(text)["header"]
        ours = (
            json.dumps({"msg_type": kind, "content": body, "parent_header": parent}) for kind, body in self._messages
        )
        self._answers = [*self._others, *ours]

    def recv(self) -> str:
        if not self._answers:
            raise websocket.WebSocketTimeoutException
        return self._answers.pop(0)

    def close(self) -> None:
        self.closed = True


def run(channels: Channels, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("lab.kernel.websocket.create_connection", lambda *_, **__: channels)
    return run_cell("ws://127.0.0.1/", "", "the code", 60)


def test_what_is_printed_and_the_value_come_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = ("stream", {"name": "stdout", "text": "one\n"})
    value = ("execute_result", {"data": {"text/plain": "2"}})

    assert run(Channels(printed, ("status", {"execution_state": "busy"}), value, IDLE), monkeypatch) == "one\n2"


def test_a_cell_that_raises_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    channels = Channels(("error", {"ename": "ValueError", "evalue": "no"}), IDLE)

    with pytest.raises(PophubError, match="the cell raised ValueError: no"):
        run(channels, monkeypatch)
    assert channels.closed


def test_a_cell_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PophubError, match="had not ended after 60 s"):
        run(Channels(("stream", {"text": "still here"})), monkeypatch)
