"""Networks of their own: what is opened inside is not the host's, and they go with their owner."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from lab.machine.namespaces import Namespace, inside, socket_in
from pophub.core.errors import PophubError

pytestmark = pytest.mark.machine


def test_a_namespace_is_empty_and_goes_when_it_is_stopped(tmp_path: Path) -> None:
    namespace = Namespace("empty", tmp_path)

    assert [line.split(":")[1].strip() for line in namespace.run("ip -o link").splitlines()] == ["lo"]
    namespace.stop()
    assert not Path(namespace.path).exists()


def test_a_server_inside_is_reached_from_inside_only(tmp_path: Path) -> None:
    namespace = Namespace("inner", tmp_path)
    namespace.run("ip link set lo up")
    with inside(namespace.path):
        server = socket.create_server(("127.0.0.1", 0))
    with server, socket_in(namespace.path) as caller:
        caller.connect(server.getsockname())
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(server.getsockname(), timeout=1)
    namespace.stop()


def test_a_failed_command_is_told_with_its_words(tmp_path: Path) -> None:
    namespace = Namespace("failing", tmp_path)
    with pytest.raises(PophubError, match="Cannot find device"):
        namespace.run("ip link set nothing up")
    namespace.stop()
