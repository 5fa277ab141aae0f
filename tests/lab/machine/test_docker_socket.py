"""Docker's API by a machine's socket; real engines answer in tests/cloud_init/many_machines/test_workers.py."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lab.machine.docker_socket import ask
from pophub.core.errors import PophubError


class Docker(BaseHTTPRequestHandler):
    """Lists what it was asked for; a swarm's tasks are refused, and other services do not exist."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        filters = json.loads(parse_qs(asked.query)["filters"][0])
        status = {"/v1.45/nodes": 200, "/v1.45/tasks": 503}.get(asked.path, 404)
        body = json.dumps([filters] if status == 200 else {"message": "this node is no manager"}).encode()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "run").mkdir()
    with socketserver.UnixStreamServer(str(tmp_path / "run/docker.sock"), Docker) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield SimpleNamespace(root=tmp_path)
        server.shutdown()


def test_a_list_and_one_that_a_filter_makes_empty(machine: Any) -> None:
    assert ask(machine, "nodes", role="worker") == [{"role": ["worker"]}]
    assert ask(machine, "services", name="jupyter-ada") == []


def test_an_engine_that_refuses_or_does_not_answer_is_no_empty_list(machine: Any, tmp_path: Path) -> None:
    with pytest.raises(PophubError, match="refuses tasks"):
        ask(machine, "tasks")
    with pytest.raises(PophubError, match="does not answer"):
        ask(SimpleNamespace(root=tmp_path / "off"), "nodes")
