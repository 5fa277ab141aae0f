"""The Python part of an installation with workers: the machine's role, the swarm's token, joining, the image's facts."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Mapping
from http.client import OK, HTTPConnection
from pathlib import Path
from typing import Any

from pophub.core.contract import EVENT_TAG, HUB_PRIVATE_ADDRESS, HUB_ROLE, ROLE_TAG, SWARM_PORT, worker_parameter
from pophub.core.errors import PophubError
from pophub.hub.install.aws import metadata, parameter_store, signed
from pophub.hub.install.event_secrets import secret_values

DOCKER_SOCKET = "/run/docker.sock"
ANSWER_SECONDS = 60
# Docker answers after 20 s that it goes on in the background:
# https://github.com/moby/moby/blob/v26.1.5/daemon/cluster/cluster.go (swarmConnectTimeout)
JOIN_SECONDS = 180
EVERY_SECONDS = 1.0
# curl's code for an answer of 400 or above: https://curl.se/docs/manpage.html#EXIT
HTTP_ERROR = 22


def role() -> str:
    """Which of the event's machines this is; a machine without the tag is a hub."""
    try:
        return metadata(f"tags/instance/{ROLE_TAG}")
    except subprocess.CalledProcessError as error:
        if error.returncode != HTTP_ERROR:
            raise
        return HUB_ROLE


def engine_settings(file: Path, *, live_restore: bool) -> str:
    """Docker's settings with another `live-restore`."""
    return json.dumps(json.loads(file.read_text()) | {"live-restore": live_restore}, indent=2)


def put_token(token: str) -> None:
    """Write the token with which workers join the swarm to Parameter Store."""
    value = json.dumps({"token": token.strip(), "manager": f"{HUB_PRIVATE_ADDRESS}:{SWARM_PORT}"})
    name = worker_parameter(metadata(f"tags/instance/{EVENT_TAG}"))
    request = {"Name": name, "Type": "SecureString", "Overwrite": True, "Value": value}
    try:
        parameter_store(metadata("placement/region"), "PutParameter", request)
    except subprocess.CalledProcessError as error:
        raise PophubError(
            "the workers' token cannot be written to Parameter Store: may this machine's role write it?"
        ) from error


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


def image_facts(image: str, file: Path) -> str:
    """The facts that workers read before they fetch the packed image: its id and its file."""
    return json.dumps({"id": image, "file": file.name})


def fact(file: Path, name: str) -> str:
    """One of the image's facts; empty if the file is missing or damaged."""
    try:
        facts: Mapping[str, Any] = json.loads(file.read_text())
        return str(facts[name])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def end_worker() -> None:
    """Ask the Auto Scaling group to end this worker and to reduce its desired size by one."""
    query = "Action=TerminateInstanceInAutoScalingGroup&Version=2011-01-01&ShouldDecrementDesiredCapacity=true"
    region = metadata("placement/region")
    address = f"https://autoscaling.{region}.amazonaws.com/"
    signed(
        "autoscaling", region, "--max-time", "30", "--data", f"{query}&InstanceId={metadata('instance-id')}", address
    )
