"""A spawner that says at once when its server answers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from docker.errors import APIError  # type: ignore[import-untyped]
from tornado.web import HTTPError
from traitlets.config import Config

Load = Callable[..., Config]


class Started:
    """A server that listens after a while, or whose container ends."""

    container_id, api_token = "c0ffee", "5ec2e7"
    environment: ClassVar[dict[str, str]] = {}
    exit_code, out_of_memory, printed = 3, False, b""

    def __init__(self, *, listens: bool) -> None:
        self.listens, self.is_kept = listens, True
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

    async def poll(self) -> str | None:
        self.polls += 1
        return None if self.listens else "ExitCode=3"

    async def get_object(self) -> dict[str, Any] | None:
        return {"State": {"ExitCode": self.exit_code, "OOMKilled": self.out_of_memory}} if self.is_kept else None

    async def docker(self, command: str, container: str, **options: int) -> bytes:
        assert (command, container, options) == ("logs", "c0ffee", {"tail": 100})
        return self.printed

    async def remove_object(self) -> None:
        self.is_kept = False

    def get_state(self) -> dict[str, Any]:
        return {"object_id": "1"}

    def load_state(self, state: dict[str, Any]) -> None:
        assert state["object_id"] == "1"


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


def fail(watched: Any, **state: Any) -> tuple[Any, list[str]]:
    """What a participant and the logs get of a server whose container has ended."""
    noted: list[str] = []
    sys.modules["sections.containers"].note_end = lambda _, reason: noted.append(reason)  # type: ignore[attr-defined]
    spawner = type("Spawner", (watched, Started), state)(listens=False)
    with pytest.raises(HTTPError) as failed:
        asyncio.run(asyncio.wait_for(spawner.start(), 30))
    assert spawner.polls == 1
    assert not spawner.is_kept, "a container that has ended stays"
    return failed.value, noted


def test_a_server_that_ends_at_its_start_is_told_with_its_last_lines(watched: Any) -> None:
    lines = [f"line {number}" for number in range(20)] + ["", "mkdir: cannot create '<run>': 100% denied"]
    error, noted = fail(watched, printed="\n".join(lines).encode())

    assert error.jupyterhub_html_message == (
        "Your server ended while it started, with exit code 3. Its last output:<br><code>"
        + "".join(f"line {number}<br>" for number in range(13, 20))
        + "mkdir: cannot create &#x27;&lt;run&gt;&#x27;: 100% denied</code>"
    )
    assert error.jupyterhub_message.endswith("line 19 mkdir: cannot create '<run>': 100% denied")
    # in JupyterHub's own log
    assert "100% denied" in str(error)
    assert noted == ["\n".join(["exit code 3", *lines[:-2], lines[-1]])]


def test_of_what_a_server_prints_only_text_is_told_and_no_token(watched: Any) -> None:
    printed = b"\x1b[1;31m+ export TOKEN=5ec2e7\x1b[0m\n\x00\xff\x07\n" + b"x" * 10_000_000
    error, noted = fail(watched, printed=printed)

    assert error.jupyterhub_html_message.endswith(f"<code>+ export TOKEN=…<br>\ufffd<br>{'x' * 500}</code>")
    assert noted == [f"exit code 3\n+ export TOKEN=…\n\ufffd\n{'x' * 500}"]


def test_a_server_whose_token_is_not_known_is_told_as_ever(watched: Any) -> None:
    _, noted = fail(watched, api_token="", printed=b"no port")

    assert noted == ["exit code 3\nno port"]


def test_a_container_whose_log_docker_keeps_for_itself_goes_all_the_same(watched: Any) -> None:
    async def refuse(*_: object, **__: object) -> bytes:
        raise APIError("409 Client Error", explanation="the container is dead or marked for removal")

    _, noted = fail(watched, docker=refuse)

    assert noted == ["exit code 3\nthe container is dead or marked for removal"]


def test_a_server_without_memory_enough_to_start_is_told_so(watched: Any) -> None:
    error, noted = fail(watched, exit_code=137, out_of_memory=True)

    assert error.jupyterhub_message == (
        "Your server ended while it started, because its memory was full. It printed nothing."
    )
    assert noted == ["exit code 137, out of memory"]


def test_an_entrypoint_that_starts_no_server_is_told_although_it_did_not_fail(watched: Any) -> None:
    error, noted = fail(watched, exit_code=0, printed=b"usage: start.sh COMMAND")

    assert error.jupyterhub_message.endswith("exit code 0. Its last output: usage: start.sh COMMAND")
    assert noted == ["exit code 0\nusage: start.sh COMMAND"]


@pytest.mark.parametrize(("exit_code", "news"), [(0, []), (137, ["exit code 137"])])
def test_a_server_that_has_ended_later_is_news_where_nobody_shut_it_down(
    watched: Any, monkeypatch: pytest.MonkeyPatch, exit_code: int, news: list[str]
) -> None:
    noted: list[str] = []
    monkeypatch.setattr(sys.modules["sections.containers"], "note_end", lambda _, reason: noted.append(reason))
    spawner = type("Spawner", (watched, Started), {"exit_code": exit_code})(listens=False)

    assert asyncio.run(spawner.poll()) == "ExitCode=3"
    assert noted == news
    assert not spawner.is_kept


def test_a_start_that_docker_refuses_is_told_to_helpers_in_dockers_words(
    watched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refused:
        async def start(self) -> None:
            raise APIError("500 Server Error", explanation="no space left on device")

    noted: list[str] = []
    monkeypatch.setattr(sys.modules["sections.containers"], "note_end", lambda _, reason: noted.append(reason))
    with pytest.raises(HTTPError) as failed:
        asyncio.run(type("Spawner", (watched, Refused), {})().start())
    error: Any = failed.value

    assert noted == ["Docker did not start it: no space left on device"]
    assert error.jupyterhub_message.startswith("The hub's machine could not start your server.")
    assert "no space" not in f"{error} {error.jupyterhub_html_message}"


def test_what_takes_too_long_is_left_to_jupyterhub(watched: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["sections.containers"], "WATCH_SECONDS", 0.1)

    async def start() -> int:
        spawner = type("Spawner", (watched, Started), {})(listens=False)
        await asyncio.wait_for(spawner.start(), 30)
        return int(spawner.polls)

    assert asyncio.run(start()) == 0


@pytest.mark.parametrize(
    ("exit_code", "out_of_memory", "ended"),
    # the second had a kernel ended for its memory, and was stopped later
    [(137, True, True), (0, True, False), (137, False, False)],
)
def test_a_server_that_was_ended_for_its_memory_is_remembered_until_the_next_start(
    watched: Any, monkeypatch: pytest.MonkeyPatch, exit_code: int, out_of_memory: bool, ended: bool
) -> None:
    containers = sys.modules["sections.containers"]
    monkeypatch.setattr(containers, "note_end", lambda *_: None)
    kind = type("Spawner", (watched, Started), {"exit_code": exit_code, "out_of_memory": out_of_memory})
    spawner, later = kind(listens=False), kind(listens=True)
    asyncio.run(spawner.poll())
    later.load_state(spawner.get_state())
    user = SimpleNamespace(spawner=later)
    assert containers.ended_for_memory(user) == ended

    asyncio.run(later.start())
    assert not containers.ended_for_memory(user)


def test_nobody_has_no_server_that_was_ended(load: Load) -> None:
    load()

    assert not sys.modules["sections.containers"].ended_for_memory(None)


def test_who_waits_hears_of_the_place_and_then_of_the_start(watched: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    containers, queues = sys.modules["sections.containers"], sys.modules["sections.start_queue"]
    monkeypatch.setattr(containers, "QUEUE_SECONDS", 0.01)

    async def heard() -> list[dict[str, Any]]:
        queue = queues.StartQueue(1)
        spawner = type("Spawner", (watched, Started), {"queue": queue})(listens=True)
        progress = spawner.progress()
        nothing = asyncio.ensure_future(anext(progress))
        await asyncio.sleep(0.05)
        assert not nothing.done(), "it does not start yet"
        async with queue.turn("somebody else"):
            start = asyncio.create_task(spawner.start())
            told = [await nothing]
        told.append(await anext(progress))
        await start
        spawner.server.close()
        return told

    assert asyncio.run(asyncio.wait_for(heard(), 10)) == [
        {"progress": 20, "message": "You are number 1 in the queue."},
        {"progress": 60, "message": "Your server is being started."},
    ]
