"""A spawner that says at once when its server answers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import pytest
from traitlets.config import Config

Load = Callable[..., Config]


class Started:
    """A server that listens after a while, or whose container ends."""

    def __init__(self, *, listens: bool) -> None:
        self.listens = listens
        self.polls = 0

    async def start(self) -> tuple[str, int]:
        self.server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.server.close()
        if self.listens:
            self.later = asyncio.get_running_loop().create_task(self._listen(port))
        return "127.0.0.1", port

    async def _listen(self, port: int) -> None:
        await asyncio.sleep(0.2)
        self.server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)

    async def poll(self) -> int | None:
        self.polls += 1
        return None if self.listens else 1


@pytest.fixture
def watched(load: Load) -> Any:
    load()
    return sys.modules["sections.containers"].Watched


def test_a_start_is_done_when_somebody_listens(watched: Any) -> None:
    async def start() -> None:
        spawner = type("Spawner", (watched, Started), {})(listens=True)
        place = await spawner.start()
        _, writer = await asyncio.open_connection(*place)
        writer.close()
        spawner.server.close()

    asyncio.run(start())


def test_a_container_that_has_ended_is_not_waited_for(watched: Any) -> None:
    async def start() -> int:
        spawner = type("Spawner", (watched, Started), {})(listens=False)
        await asyncio.wait_for(spawner.start(), 30)
        return int(spawner.polls)

    assert asyncio.run(start()) == 1


def test_what_takes_too_long_is_left_to_jupyterhub(watched: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["sections.containers"], "WATCH_SECONDS", 0.1)

    async def start() -> int:
        spawner = type("Spawner", (watched, Started), {})(listens=False)
        await asyncio.wait_for(spawner.start(), 30)
        return int(spawner.polls)

    assert asyncio.run(start()) == 0
