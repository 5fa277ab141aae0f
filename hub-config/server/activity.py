"""The server's time of last activity goes by work.py: its own handlers, and those of the extensions that it has loaded.

A package that counts otherwise than the ones that are known here is left alone.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import judge
import work


def count_only_work() -> None:
    """For the server of this process, once it has loaded its extensions."""
    server = getattr(sys.modules.get("jupyter_server.serverapp"), "ServerApp", None)
    if server is None:
        return
    start = server.start

    def start_counting(self: Any) -> Any:
        for module, name, hook in HOOKS:
            if there := getattr(sys.modules.get(module), name, None):
                hook(there)
        return start(self)

    server.start = start_counting


def count_requests(handler: Any) -> None:
    """Only those count by which somebody has done something."""
    note = getattr(handler, "update_api_activity", None)
    if note is None:
        return

    sources: dict[str, int] = {}

    def note_work(self: Any) -> None:
        if judge.is_work(self.request) and judge.is_changed(self.request, sources):
            note(self)

    handler.update_api_activity = note_work


def count_cells(manager: Any) -> None:
    """A kernel's messages count only where a cell begins or ends; that it is busy is noted as ever."""
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
            if not judge.is_cell(parts):
                self.last_kernel_activity, kernel.last_activity = before

        stream.on_recv(note_work)

    manager.start_watching_activity = start_watching


def count_widgets(handler: Any) -> None:
    """What a page sends to a kernel counts where somebody uses a widget or types; the kernel is as little idle then."""
    receive = getattr(handler, "on_message", None)
    if receive is None:
        return

    def receive_and_note(self: Any, message: Any) -> Any:
        if judge.is_used(message):
            manager = self.kernel_manager
            manager.last_kernel_activity = manager.get_kernel(self.kernel_id).last_activity = now()
        return receive(self, message)

    handler.on_message = receive_and_note


def count_terminals(socket: Any) -> None:
    """Only what somebody types counts: a program that draws itself anew, as `htop` does, types nothing."""
    receive = getattr(socket, "on_message", None)
    note = getattr(socket, "_update_activity", None)
    if receive is None or note is None:
        return

    async def receive_and_note(self: Any, message: Any) -> None:
        # what is received is noted inside, and so is what is sent
        await receive(self, message)
        if judge.is_typed(message):
            note(self)

    socket._update_activity = lambda self: None
    socket.on_message = receive_and_note


def count_apps(handler: Any) -> None:
    """Of what goes through jupyter-server-proxy, requests and messages of a person's count, and nothing that comes back."""
    receive = getattr(handler, "on_message", None)
    note = getattr(handler, "_record_activity", None)
    if receive is None or note is None:
        return

    def note_work(self: Any) -> None:
        name, value = work.CLICKED
        if self.request.headers.get("Upgrade", "").lower() == "websocket":
            # also called once it is connected
            vars(self).setdefault("pophub_connected", time.monotonic())
        elif judge.is_work(self.request) or self.request.headers.get(name) == value:
            note(self)

    def receive_and_note(self: Any, message: Any) -> Any:
        connected = getattr(self, "pophub_connected", time.monotonic())
        if time.monotonic() - connected > work.GREETING_SECONDS and judge.is_click(message):
            note(self)
        return receive(self, message)

    handler._record_activity = note_work
    handler.on_message = receive_and_note


def count_edits(handler: Any) -> None:
    """Whose page has sent a change of a document; whether that was an edit is seen when it is made."""
    receive = getattr(handler, "on_message", None)
    if receive is None:
        return

    async def receive_and_note(self: Any, message: Any) -> None:
        if message[:2] == work.EDIT_MESSAGE and self.room is not None:
            self.room.pophub_changed_by = [self.settings]
        await receive(self, message)

    handler.on_message = receive_and_note


def count_changes(room: Any) -> None:
    """A document that a page changes counts, but for what a cell prints into it."""
    change = getattr(room, "_on_document_change", None)
    if change is None:
        return

    def forget(self: Any, page: Any) -> None:
        if self.pophub_changed_by is page:
            self.pophub_changed_by = None

    def change_and_note(self: Any, target: str, event: Any) -> Any:
        page = self.pophub_changed_by
        if page is not None:
            # all that one message changes, is told at once
            asyncio.get_running_loop().call_soon(forget, self, page)
            if judge.is_edit(target, event):
                page[0]["api_last_activity"] = now()
        return change(self, target, event)

    room.pophub_changed_by = None
    room._on_document_change = change_and_note


def now() -> datetime:
    """As jupyter_server notes it."""
    return datetime.now(timezone.utc)  # noqa: UP017 - an image may have Python 3.10


# the module and the class that each hook changes, if the server has loaded it
HOOKS: tuple[tuple[str, str, Callable[[Any], None]], ...] = (
    ("jupyter_server.base.handlers", "APIHandler", count_requests),
    ("jupyter_server.services.kernels.kernelmanager", "MappingKernelManager", count_cells),
    ("jupyter_server.services.kernels.websocket", "KernelWebsocketHandler", count_widgets),
    ("jupyter_server_terminals.handlers", "TermSocket", count_terminals),
    ("jupyter_server_proxy.handlers", "ProxyHandler", count_apps),
    ("jupyter_server_ydoc.handlers", "YDocWebSocketHandler", count_edits),
    ("jupyter_server_ydoc.rooms", "DocumentRoom", count_changes),
    # up to version 3 of jupyter-collaboration
    ("jupyter_collaboration.handlers", "YDocWebSocketHandler", count_edits),
    ("jupyter_collaboration.rooms", "DocumentRoom", count_changes),
)
