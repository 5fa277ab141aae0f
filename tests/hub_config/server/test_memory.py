"""Programs that were ended for their memory: the kernel's file is read when it changes, and JupyterLab is told."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from jupyter_events import EventLogger

Module = Callable[[str], ModuleType]
TEXT = "low 0\nhigh 0\nmax {max}\noom 1\noom_kill {kills}\noom_group_kill 0\n"


class Kernel:
    """A `select.poll` that has something to say as often as there are texts, and then interrupts."""

    def __init__(self, file: Path, *texts: str) -> None:
        self.file, self.texts = file, list(texts)

    def register(self, *_: object) -> None:
        """Nobody else is listened to."""

    def poll(self) -> None:
        if not self.texts:
            raise InterruptedError
        self.file.write_text(self.texts.pop(0))


def test_each_program_that_was_ended_is_said_once(
    module: Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, file = module("memory"), tmp_path / "memory.events"
    file.write_text(TEXT.format(max=0, kills=1))
    texts = [TEXT.format(max=7, kills=1), TEXT.format(max=8, kills=2), TEXT.format(max=9, kills=4)]
    said: list[int] = []
    monkeypatch.setattr(memory.select, "poll", lambda: Kernel(file, *texts))
    monkeypatch.setattr(memory.time, "sleep", lambda _: None)
    monkeypatch.setattr(memory, "_say", said.append)
    with file.open() as opened, pytest.raises(InterruptedError):
        memory._watch(opened.fileno())

    assert said == [1, 2]


def test_without_such_a_file_nothing_is_watched(
    module: Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, started = module("memory"), list[object]()

    def thread(**options: object) -> SimpleNamespace:
        return SimpleNamespace(start=lambda: started.append(options))

    monkeypatch.setattr(memory.threading, "Thread", thread)
    monkeypatch.setattr(memory, "EVENTS", tmp_path / "none")
    memory.watch()
    assert started == []

    (tmp_path / "none").write_text("")
    memory.watch()
    assert len(started) == 1


def test_a_page_that_listened_before_hears_of_it(module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, events, heard = module("memory"), EventLogger(), []

    async def hear(logger: EventLogger, schema_id: str, data: dict[str, object]) -> None:
        heard.append((schema_id, data["programs"]))

    async def run() -> None:
        server = SimpleNamespace(log=logging.getLogger("server"), event_logger=events)
        app = SimpleNamespace(ServerApp=SimpleNamespace(instance=lambda: server))
        monkeypatch.setitem(sys.modules, "jupyter_server.serverapp", app)
        assert memory.default_handlers == []
        events.add_listener(listener=hear)
        memory.emit(server, 1, "")
        await events.gather_listeners()

    asyncio.run(run())
    assert heard == [(memory.SCHEMA["$id"], 1)]


@pytest.mark.parametrize(("limit", "words"), [(str(3 * 2**29), "1.5 GiB"), ("", "")])
def test_the_event_is_one_of_jupyters_own(module: Module, limit: str, words: str) -> None:
    memory, heard = module("memory"), io.StringIO()
    events = EventLogger(handlers=[logging.StreamHandler(heard)])
    events.register_event_schema(memory.SCHEMA)
    server = SimpleNamespace(log=logging.getLogger("server"), event_logger=events)
    for programs in (1, 2):
        memory.emit(server, programs, limit)
    first, second = map(json.loads, heard.getvalue().splitlines())

    assert (first["__schema__"], first["programs"], first["limit"]) == (memory.SCHEMA["$id"], 1, words)
    assert second["programs"] == 2
