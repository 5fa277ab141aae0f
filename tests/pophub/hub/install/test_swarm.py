"""What an event's machines ask of Python about their swarm; tests/cloud_init/many_machines/test_workers.py has real engines."""

from __future__ import annotations

import json
import socketserver
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pophub.core.contract import HUB_PRIVATE_ADDRESS
from pophub.core.errors import PophubError
from pophub.hub.install import swarm

METADATA = {
    "placement/region": "us-west-2",
    "tags/instance/pophub:event": "geo",
    "tags/instance/pophub:role": "worker",
    "local-ipv4": "10.20.0.21",
    "instance-id": "i-1",
}
TOKEN = json.dumps({"token": "SWMTKN-1", "manager": f"{HUB_PRIVATE_ADDRESS}:2377"})


@pytest.fixture(autouse=True)
def _metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swarm, "metadata", METADATA.__getitem__)


@pytest.mark.parametrize(("code", "role"), [(22, "hub"), (7, None)])
def test_a_machine_without_the_tag_is_a_hub_and_silence_is_no_answer(
    code: int, role: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert swarm.role() == "worker"

    def fails(path: str) -> str:
        raise subprocess.CalledProcessError(code, "curl")

    monkeypatch.setattr(swarm, "metadata", fails)
    if role is None:
        with pytest.raises(subprocess.CalledProcessError):
            swarm.role()
    else:
        assert swarm.role() == role


def test_only_live_restore_changes_in_dockers_settings(tmp_path: Path) -> None:
    file = tmp_path / "daemon.json"
    file.write_text('{"userns-remap": "default", "live-restore": true}')

    assert json.loads(swarm.engine_settings(file, live_restore=False)) == {
        "userns-remap": "default",
        "live-restore": False,
    }


def test_the_token_is_written_where_workers_look(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(swarm, "parameter_store", lambda *request: asked.append(request) or {})
    swarm.put_token("SWMTKN-1\n")

    [(region, action, request)] = asked
    assert (region, action, request["Name"]) == ("us-west-2", "PutParameter", "/pophub/geo/worker-token")
    assert (request["Type"], request["Overwrite"], request["Value"]) == ("SecureString", True, TOKEN)


def test_a_token_that_may_not_be_written_says_whose_right_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise subprocess.CalledProcessError(22, "curl")

    monkeypatch.setattr(swarm, "parameter_store", refuses)
    with pytest.raises(PophubError, match="cannot be written to Parameter Store: may this machine's role write it"):
        swarm.put_token("SWMTKN-1")


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
    monkeypatch.setattr(swarm, "DOCKER_SOCKET", str(tmp_path / "docker.sock"))
    monkeypatch.setattr(swarm, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(swarm, "secret_values", lambda names: dict.fromkeys(names, TOKEN))
    monkeypatch.setattr(Engine, "requests", [], raising=False)
    with socketserver.ThreadingUnixStreamServer(swarm.DOCKER_SOCKET, Engine) as server:
        Thread(target=server.serve_forever, daemon=True).start()

        def ask(answer: bytes, *states: str) -> dict[str, Any]:
            monkeypatch.setattr(Engine, "answer", answer)
            monkeypatch.setattr(Engine, "states", list(states), raising=False)
            swarm.join()
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
    monkeypatch.setattr(swarm, "JOIN_SECONDS", 0.05)
    with pytest.raises(PophubError, match="does not take this worker: Timeout was reached before node joined"):
        join(LATE, "pending")


def test_a_token_that_the_hub_has_not_written_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swarm, "secret_values", lambda names: dict.fromkeys(names, "unset"))
    with pytest.raises(PophubError, match="the hub has not written the workers' token yet"):
        swarm.join()


def test_the_facts_of_an_image_are_read_again_and_damaged_ones_are_none(tmp_path: Path) -> None:
    facts = tmp_path / "image.json"
    facts.write_text(swarm.image_facts("sha256:1", tmp_path / "a.tar.zst"))

    assert [swarm.fact(facts, name) for name in ("id", "file")] == ["sha256:1", "a.tar.zst"]
    facts.write_text("{")
    assert swarm.fact(facts, "id") == swarm.fact(tmp_path / "none.json", "id") == ""


def test_a_worker_asks_for_its_own_end_in_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(swarm, "signed", lambda *arguments: asked.append(arguments) or "")
    swarm.end_worker()

    [(service, region, *_, query, address)] = asked
    assert (service, region, address) == ("autoscaling", "us-west-2", "https://autoscaling.us-west-2.amazonaws.com/")
    assert "Action=TerminateInstanceInAutoScalingGroup" in query
    assert "ShouldDecrementDesiredCapacity=true&InstanceId=i-1" in query
