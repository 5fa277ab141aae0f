"""How a worker joins the hub's swarm. Of its own, because what speaks with Docker takes a while to import."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from http.client import OK, HTTPConnection
from typing import Any

from pophub.core.errors import PophubError
from pophub.hub.install.aws import metadata
from pophub.hub.install.event_secrets import secret_values

DOCKER_SOCKET = "/run/docker.sock"
ANSWER_SECONDS = 60
# Docker answers after 20 s that it goes on in the background:
# https://github.com/moby/moby/blob/v26.1.5/daemon/cluster/cluster.go (swarmConnectTimeout)
JOIN_SECONDS = 180
EVERY_SECONDS = 1.0


def join() -> None:
    """Join the hub's swarm, through Docker's socket, because everybody can read a program's arguments.

    https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Swarm/operation/SwarmJoin

    Raises:
        PophubError: the hub has not written the token yet, or does not take this worker.
    """
    [text] = secret_values(["worker-token"]).values()
    try:
        parameter = json.loads(text)
        request = {"RemoteAddrs": [parameter["manager"]], "JoinToken": parameter["token"]}
    except (ValueError, KeyError, TypeError) as error:
        raise PophubError("the hub has not written the workers' token yet") from error
    request |= {"ListenAddr": "0.0.0.0", "AdvertiseAddr": metadata("local-ipv4")}  # noqa: S104 - behind a security group
    answer = _ask("POST", "/swarm/join", request)
    if "message" not in answer:
        return
    # a join that is broken off and begun again leaves a node in the hub's swarm that never answers
    end = time.monotonic() + JOIN_SECONDS
    while (state := _state()) == "pending" and time.monotonic() < end:
        time.sleep(EVERY_SECONDS)
    if state != "active":
        raise PophubError(f"the hub's swarm does not take this worker: {answer['message']}")


def _state() -> str:
    """inactive, pending, active, error or locked."""
    return str(_ask("GET", "/info").get("Swarm", {}).get("LocalNodeState", ""))


def _ask(method: str, place: str, request: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Docker's answer; one that refuses has a `message`."""
    docker = _Docker("docker", timeout=ANSWER_SECONDS)
    docker.request(method, place, json.dumps(request or {}), {"Content-Type": "application/json"})
    answer = docker.getresponse()
    body = json.loads(answer.read() or b"{}")
    return dict(body) if answer.status == OK else {"message": body.get("message", answer.reason)}


class _Docker(HTTPConnection):
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(DOCKER_SOCKET)
