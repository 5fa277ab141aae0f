"""What counts as work, so that a server left alone is stopped also where its JupyterLab stays in view."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

Module = Callable[[str], ModuleType]


class Handler:
    """As jupyter_server's: it notes each request."""

    def __init__(self, method: str, path: str) -> None:
        self.request = SimpleNamespace(method=method, path=path, body=b"")
        self.noted = False

    def update_api_activity(self) -> None:
        self.noted = True


@pytest.mark.parametrize(
    ("method", "path", "counts"),
    [
        ("GET", "/user/ada/api/contents", False),
        ("GET", "/user/ada/api/kernels", False),
        ("PUT", "/user/ada/lab/api/workspaces/default", False),
        ("PUT", "/user/ada/api/contents/notes.txt", True),
        ("POST", "/user/ada/api/sessions", True),
        ("DELETE", "/user/ada/api/kernels/1", True),
    ],
)
def test_only_what_somebody_does_counts(module: Module, method: str, path: str, counts: bool) -> None:
    class Counted(Handler):
        pass

    module("patches.activity").count_requests(Counted)
    request = Counted(method, path)
    request.update_api_activity()

    assert request.noted is counts


def test_a_notebook_that_is_saved_with_new_output_only_is_no_work(module: Module) -> None:
    class Counted(Handler):
        pass

    def counts(source: str, output: str, method: str = "PUT", path: str = "/user/ada/api/contents/a.ipynb") -> bool:
        request = Counted(method, path)
        cell = {"cell_type": "code", "source": source, "outputs": [{"text": output}]}
        request.request.body = json.dumps({"type": "notebook", "content": {"cells": [cell]}}).encode()
        request.update_api_activity()
        return request.noted

    module("patches.activity").count_requests(Counted)

    assert counts("print(1)", "1")
    assert not counts("print(1)", "1 1")
    assert not counts("", "", "POST", "/user/ada/api/contents/a.ipynb/checkpoints")
    assert counts("print(2)", "1 1")
    assert not counts("print(2)", "1 1 1")
    assert counts("print(2)", "1 1 1", path="/user/ada/api/contents/b.ipynb")
    # https://github.com/mwouts/jupytext
    assert counts("print(1)", "1", path="/user/ada/api/contents/talk.md")
    assert not counts("print(1)", "1 1", path="/user/ada/api/contents/talk.md")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"content": null}'])
def test_a_notebook_that_makes_no_sense_counts(module: Module, body: bytes) -> None:
    class Counted(Handler):
        pass

    module("patches.activity").count_requests(Counted)
    request = Counted("PUT", "/user/ada/api/contents/a.ipynb")
    request.request.body = body
    request.update_api_activity()

    assert request.noted


class Stream:
    """As zmq's, with one who listens."""

    def on_recv(self, note: Callable[[list[bytes]], None]) -> None:
        self._recv_callback = note


class Manager:
    """As jupyter_server's: it notes each message of a kernel, and whether the kernel is busy."""

    last_kernel_activity = 0

    def __init__(self) -> None:
        self.kernel = SimpleNamespace(last_activity=0, _activity_stream=Stream(), execution_state="idle")
        self._kernels = {"k": self.kernel}

    def start_watching_activity(self, kernel_id: str) -> None:
        def note(parts: list[bytes]) -> None:
            self.last_kernel_activity = self._kernels[kernel_id].last_activity = self.last_kernel_activity + 1
            self.kernel.execution_state = "busy"

        self.kernel._activity_stream.on_recv(note)


@pytest.mark.parametrize(
    ("kind", "cause", "counts"),
    [
        ("status", "execute_request", True),
        ("execute_input", "execute_request", True),
        ("stream", "execute_request", False),
        ("comm_msg", "execute_request", False),
        ("status", "usage_request", False),
        ("status", "comm_msg", False),
        ("status", None, False),
    ],
)
def test_a_cell_counts_when_it_begins_and_ends_and_not_while_it_prints(
    module: Module, kind: str, cause: str | None, counts: bool
) -> None:
    class Counted(Manager):
        pass

    module("patches.activity").count_cells(Counted)
    manager = Counted()
    manager.start_watching_activity("k")
    header, parent = (json.dumps({"msg_type": it} if it else {}).encode() for it in (kind, cause))
    manager.kernel._activity_stream._recv_callback([b"a", b"<IDS|MSG>", b"signature", header, parent, b"{}", b"{}"])

    assert (manager.last_kernel_activity, manager.kernel.last_activity) == ((1, 1) if counts else (0, 0))
    assert manager.kernel.execution_state == "busy"


class Terminal:
    """As jupyter_server_terminals': it notes what it receives and what it sends."""

    def __init__(self) -> None:
        self.noted = 0

    async def on_message(self, message: str) -> None:
        self._update_activity()

    def write_message(self, message: str) -> None:
        self._update_activity()

    def _update_activity(self) -> None:
        self.noted += 1


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        ('["stdin", "ls\\r"]', True),
        ('["set_size", 24, 80]', False),
        ("[]", False),
        ("no JSON", False),
        ("7", False),
    ],
)
def test_a_terminal_counts_when_somebody_types_and_not_while_it_prints(
    module: Module, message: str, counts: bool
) -> None:
    class Counted(Terminal):
        pass

    module("patches.activity").count_terminals(Counted)
    terminal = Counted()
    terminal.write_message('["stdout", "12:00"]')
    asyncio.run(terminal.on_message(message))

    assert terminal.noted == int(counts)


class OldTerminal(Terminal):
    """As of version 0.4, whose `on_message` is no coroutine."""

    def on_message(self, message: str) -> None:  # type: ignore[override]
        self._update_activity()


def test_typing_counts_in_an_older_terminal_too(module: Module) -> None:
    module("patches.activity").count_terminals(OldTerminal)
    terminal = OldTerminal()
    asyncio.run(terminal.on_message('["stdin", "ls\\r"]'))  # type: ignore[func-returns-value,arg-type]

    assert terminal.noted == 1


class Page:
    """An app's page, that has just been connected."""

    def __init__(self) -> None:
        self.request = SimpleNamespace(headers={"Upgrade": "websocket"})
        self.noted = 0
        self._record_activity()

    def on_message(self, message: str) -> None:
        """It goes on to the app."""

    def _record_activity(self) -> None:
        self.noted += 1


@pytest.mark.parametrize(("seconds", "counts"), [(0.2, 0), (4, 1)])
def test_what_a_page_says_when_it_is_connected_again_is_no_work(
    module: Module, monkeypatch: pytest.MonkeyPatch, seconds: float, counts: int
) -> None:
    class Counted(Page):
        """What the hook changes."""

    activity = module("patches.activity")
    activity.count_apps(Counted)
    now = 100.0
    monkeypatch.setattr(activity, "time", SimpleNamespace(monotonic=lambda: now))
    page = Counted()
    now += seconds
    page.on_message("rerun_script")

    assert page.noted == counts


@pytest.mark.parametrize("hook", ["count_requests", "count_cells", "count_widgets", "count_terminals", "count_apps"])
def test_a_package_that_counts_otherwise_is_left_alone(module: Module, hook: str) -> None:
    other = SimpleNamespace()
    getattr(module("patches.activity"), hook)(other)

    assert not vars(other)


def test_without_the_server_that_is_known_nothing_is_changed(module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyter_server.serverapp", ModuleType("another"))
    module("patches.activity").count_only_work()
