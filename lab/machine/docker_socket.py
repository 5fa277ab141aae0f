"""Ask a lab machine's Docker by its socket: to start its program takes a twentieth of a second of a processor each time."""

from __future__ import annotations

import json
import socket
from http.client import NOT_FOUND, OK, HTTPConnection
from typing import Any
from urllib.parse import urlencode

from lab.machine.container import ContainerMachine
from pophub.core.errors import ExitCode, PophubError

# the version of Docker 26.1 in Debian 13
VERSION = "v1.45"
ANSWER_SECONDS = 30


class _Docker(HTTPConnection):
    def __init__(self, machine: ContainerMachine) -> None:
        super().__init__("docker", timeout=ANSWER_SECONDS)
        self._place = str(machine.root / "run/docker.sock")

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._place)


def ask(machine: ContainerMachine, place: str, **filters: str) -> list[dict[str, Any]]:
    """A list, such as `nodes` or `tasks`; empty if a filter names what does not exist.

    https://docs.docker.com/reference/api/engine/version/v1.45/

    Raises:
        PophubError: Docker does not answer, or with an error.
    """
    docker = _Docker(machine)
    asked = urlencode({"filters": json.dumps({name: [value] for name, value in filters.items()})})
    try:
        docker.request("GET", f"/{VERSION}/{place}?{asked}")
        answer = docker.getresponse()
        body = json.loads(answer.read())
    except OSError as error:
        raise PophubError(f"the machine's Docker does not answer: {error}", code=ExitCode.REFUSED) from error
    finally:
        docker.close()
    if answer.status == NOT_FOUND:
        return []
    if answer.status != OK:
        raise PophubError(f"the machine's Docker refuses {place}: {body}", code=ExitCode.REFUSED)
    return list(body)
