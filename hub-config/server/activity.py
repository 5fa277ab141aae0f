"""What counts as work at a participant's server: a cell that is begun or done, a change, a key in a terminal.

A JupyterLab in view does not: it asks for its lists and saves its layout every ten seconds as long as somebody could
see it. What a kernel or a terminal prints does not count either, or a bar of progress would keep a server on for ever:
whether something computes, and for how long that is protected, is for the watch, which sees the processor.
"""

from __future__ import annotations

import json
from typing import Any

# between its addresses and its parts: https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
DELIMITER = b"<IDS|MSG>"
# a cell that begins or ends says so in these; all else is what it prints
TOLD = ("status", "execute_input")
READING = ("GET", "HEAD", "OPTIONS")
LAYOUT = "/lab/api/workspaces/"


def count_only_work() -> None:
    """For the server of this process; another version of jupyter_server that counts otherwise is left alone."""
    try:
        from jupyter_server.base.handlers import APIHandler  # noqa: PLC0415  # type: ignore[import-not-found]
        from jupyter_server.services.kernels.kernelmanager import (  # noqa: PLC0415  # type: ignore[import-not-found]
            MappingKernelManager,
        )
    except ImportError:
        return
    overlook(APIHandler)
    overlook_output(MappingKernelManager)
    try:
        from jupyter_server_terminals.handlers import TermSocket  # noqa: PLC0415  # type: ignore[import-not-found]
    except ImportError:
        return
    overlook_terminal(TermSocket)


def overlook(handler: Any) -> None:
    """Its requests count only where somebody has done something."""
    note = getattr(handler, "update_api_activity", None)
    if note is None:
        return

    sources: dict[str, int] = {}

    def note_work(self: Any) -> None:
        if is_work(self.request, sources):
            note(self)

    handler.update_api_activity = note_work


def is_work(request: Any, sources: dict[str, int]) -> bool:
    """Whether somebody did this; `sources` are those of each notebook's cells when it was saved last.

    JupyterLab saves a notebook every two minutes in which a cell prints, and makes a checkpoint of it.
    """
    path = request.path
    if request.method in READING or LAYOUT in path or path.endswith("/checkpoints"):
        return False
    if request.method != "PUT" or not path.endswith(".ipynb"):
        return True
    try:
        now = hash(tuple(str(cell["source"]) for cell in json.loads(request.body)["content"]["cells"]))
    except (ValueError, KeyError, TypeError):
        return True
    before, sources[path] = sources.get(path), now
    return now != before


def overlook_output(manager: Any) -> None:
    """Its kernels' messages count only where a cell begins or ends; that it is busy is noted as ever."""
    start = getattr(manager, "start_watching_activity", None)
    if start is None:
        return

    def start_watching(self: Any, kernel_id: str) -> None:
        start(self, kernel_id)
        kernel = self._kernels[kernel_id]
        stream = getattr(kernel, "_activity_stream", None)
        note = getattr(stream, "_recv_callback", None)
        if note is None:
            return

        def note_work(parts: list[Any]) -> None:
            before = self.last_kernel_activity, kernel.last_activity
            note(parts)
            if is_output(parts):
                self.last_kernel_activity, kernel.last_activity = before

        stream.on_recv(note_work)

    manager.start_watching_activity = start_watching


def is_output(parts: list[Any]) -> bool:
    """Whether a message is what a cell prints; one that makes no sense is none."""
    try:
        header = json.loads(bytes(parts[parts.index(DELIMITER) + 2]))
        return header["msg_type"] not in TOLD
    except (ValueError, IndexError, KeyError, TypeError):
        return False


def overlook_terminal(socket: Any) -> None:
    """Its messages count only where somebody types: a program that draws itself anew, as `htop` does, types nothing."""
    receive = getattr(socket, "on_message", None)
    note = getattr(socket, "_update_activity", None)
    if receive is None or note is None:
        return

    async def receive_and_note(self: Any, message: Any) -> None:
        # what is received is noted inside, and so is what is sent
        await receive(self, message)
        if is_typed(message):
            note(self)

    socket._update_activity = lambda self: None
    socket.on_message = receive_and_note


def is_typed(message: Any) -> bool:
    """Whether a message to a terminal is what somebody typed: https://github.com/jupyter/terminado/blob/main/terminado/websocket.py."""
    try:
        kind, *_ = json.loads(message)
    except (ValueError, TypeError):
        return False
    return bool(kind == "stdin")
