"""How a worker joins; tests/cloud_init/many_machines/test_workers.py has real engines."""

from __future__ import annotations

import json
import socketserver
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pophub.core.contract import HUB_PRIVATE_ADDRESS
from pophub.core.errors import PophubError
from pophub.hub.install import joining

TOKEN = json.dumps({"token": "SWMTKN-1", "manager": f"{HUB_PRIVATE_ADDRESS}:2377"})


@pytest.fixture(autouse=True)
def _metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "metadata", {"local-ipv4": "10.20.0.21"}.__getitem__)


class Engine(socketserver.BaseRequestHandler):
    """Docker's socket: notes the requests, and gives an answer to a join and the next of its states to each other one."""

    answer = b""
    states: list[str]
    requests: list[bytes]

    def handle(self) -> None:
        self.requests.append(self.request.recv(65536))
        if b"\r\n\r\n{" not in self.requests[-1]:
            self.requests[-1] += self.request.recv(65536)
        answer = self.answer
        if self.requests[-1].startswith(b"GET /info "):
            state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
            answer = http(b"200 OK", {"Swarm": {"LocalNodeState": state}})
        self.request.sendall(answer)


def http(status: bytes, told: dict[str, Any] | None = None) -> bytes:
    body = json.dumps(told).encode() if told else b""
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


Join = Callable[..., dict[str, Any]]


@pytest.fixture
def join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Join]:
    """Join with an engine that answers so, and has these states then; returns the engine's request."""
    monkeypatch.setattr(joining, "DOCKER_SOCKET", str(tmp_path / "docker.sock"))
    monkeypatch.setattr(joining, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(joining, "secret_values", lambda names: dict.fromkeys(names, TOKEN))
    monkeypatch.setattr(Engine, "requests", [], raising=False)
    with socketserver.ThreadingUnixStreamServer(joining.DOCKER_SOCKET, Engine) as server:
        Thread(target=server.serve_forever, daemon=True).start()

        def ask(answer: bytes, *states: str) -> dict[str, Any]:
            monkeypatch.setattr(Engine, "answer", answer)
            monkeypatch.setattr(Engine, "states", list(states), raising=False)
            joining.join()
            head, _, body = Engine.requests[0].partition(b"\r\n\r\n")
            assert head.startswith(b"POST /swarm/join ")
            return dict(json.loads(body))

        yield ask
        server.shutdown()


def test_a_worker_joins_with_the_hubs_token(join: Join) -> None:
    assert join(http(b"200 OK")) == {
        "ListenAddr": "0.0.0.0",
        "AdvertiseAddr": "10.20.0.21",
        "RemoteAddrs": [f"{HUB_PRIVATE_ADDRESS}:2377"],
        "JoinToken": "SWMTKN-1",
    }


def test_the_engines_reason_is_told(join: Join) -> None:
    with pytest.raises(PophubError, match="does not take this worker: invalid join token"):
        join(http(b"503 No", {"message": "invalid join token"}), "inactive")


LATE = http(b"503 No", {"message": "Timeout was reached before node joined."})


def test_a_join_that_a_busy_hub_makes_slow_is_waited_for_and_asked_for_once(join: Join) -> None:
    join(LATE, "pending", "pending", "active")

    assert [it.partition(b" HTTP")[0] for it in Engine.requests] == [b"POST /swarm/join", *[b"GET /info"] * 3]


def test_a_join_that_never_ends_is_told_in_the_engines_words(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "JOIN_SECONDS", 0.05)
    with pytest.raises(PophubError, match="does not take this worker: Timeout was reached before node joined"):
        join(LATE, "pending")


def test_a_token_that_the_hub_has_not_written_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "secret_values", lambda names: dict.fromkeys(names, "unset"))
    with pytest.raises(PophubError, match="the hub has not written the workers' token yet"):
        joining.join()
