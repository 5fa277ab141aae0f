"""Make the server's time of last activity follow work.py, in its own handlers and in those of loaded extensions.

If a version of a package does not have the expected attributes, it is left unchanged.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import classify
import work


def count_only_work() -> None:
    """Change the server of this process after it has loaded its extensions."""
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
    """Count only requests with which somebody has done something."""
    note = getattr(handler, "update_api_activity", None)
    if note is None:
        return

    sources: dict[str, int] = {}

    def note_work(self: Any) -> None:
        if classify.is_work(self.request) and classify.is_changed(self.request, sources):
            note(self)

    handler.update_api_activity = note_work


def count_cells(manager: Any) -> None:
    """Count a kernel's messages only when a cell begins or ends; the kernel's busy state is recorded as before."""
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
            if not classify.is_cell(parts):
                self.last_kernel_activity, kernel.last_activity = before

        stream.on_recv(note_work)

    manager.start_watching_activity = start_watching


def count_widgets(handler: Any) -> None:
    """Count a page's messages to a kernel if somebody uses a widget or types; this also counts for the kernel's idle time."""
    receive = getattr(handler, "on_message", None)
    if receive is None:
        return

    def receive_and_note(self: Any, message: Any) -> Any:
        if classify.is_used(message):
            manager = self.kernel_manager
            manager.last_kernel_activity = manager.get_kernel(self.kernel_id).last_activity = now()
        return receive(self, message)

    handler.on_message = receive_and_note


def count_terminals(socket: Any) -> None:
    """Count only typing: a program that redraws itself, as `htop` does, is not typing."""
    receive = getattr(socket, "on_message", None)
    note = getattr(socket, "_update_activity", None)
    if receive is None or note is None:
        return

    async def receive_and_note(self: Any, message: Any) -> None:
        # receiving and sending both call `_update_activity`, which is replaced below
        await finished(receive(self, message))
        if classify.is_typed(message):
            note(self)

    socket._update_activity = lambda self: None
    socket.on_message = receive_and_note


def count_apps(handler: Any) -> None:
    """For jupyter-server-proxy, count requests and messages of a person, and nothing that comes back."""
    receive = getattr(handler, "on_message", None)
    note = getattr(handler, "_record_activity", None)
    if receive is None or note is None:
        return

    def note_work(self: Any) -> None:
        name, value = work.CLICKED
        if self.request.headers.get("Upgrade", "").lower() == "websocket":
            # this is also called when the websocket is connected
            vars(self).setdefault("pophub_connected", time.monotonic())
        elif classify.is_work(self.request) or self.request.headers.get(name) == value:
            note(self)

    def receive_and_note(self: Any, message: Any) -> Any:
        connected = getattr(self, "pophub_connected", time.monotonic())
        if time.monotonic() - connected > work.GREETING_SECONDS and classify.is_click(message):
            note(self)
        return receive(self, message)

    handler._record_activity = note_work
    handler.on_message = receive_and_note


def count_edits(handler: Any) -> None:
    """Record which page has sent a change of a document; count_changes then sees whether it was an edit."""
    receive = getattr(handler, "on_message", None)
    if receive is None:
        return

    async def receive_and_note(self: Any, message: Any) -> None:
        if message[:2] == work.EDIT_MESSAGE and self.room is not None:
            self.room.pophub_changed_by = [self.settings]
        await finished(receive(self, message))

    handler.on_message = receive_and_note


def count_changes(room: Any) -> None:
    """Count changes that a page makes in a document, except the output of cells."""
    change = getattr(room, "_on_document_change", None)
    if change is None:
        return

    def forget(self: Any, page: Any) -> None:
        if self.pophub_changed_by is page:
            self.pophub_changed_by = None

    def change_and_note(self: Any, target: str, event: Any) -> Any:
        page = self.pophub_changed_by
        if page is not None:
            # all changes of one message are reported at once, so forget the page after them
            asyncio.get_running_loop().call_soon(forget, self, page)
            if classify.is_edit(target, event):
                page[0]["api_last_activity"] = now()
        return change(self, target, event)

    room.pophub_changed_by = None
    room._on_document_change = change_and_note


async def finished(received: Any) -> None:
    """Wait for a handler; those of jupyter-server-terminals 0.4 and jupyter-collaboration 1 are not coroutines."""
    if inspect.isawaitable(received):
        await received


def now() -> datetime:
    """The current time in the form that jupyter_server uses."""
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
    # jupyter-collaboration 1.0.0 to 2.1.5, read and found to fit
    ("jupyter_collaboration.handlers", "YDocWebSocketHandler", count_edits),
    ("jupyter_collaboration.rooms", "DocumentRoom", count_changes),
)
