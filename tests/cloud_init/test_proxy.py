"""cloud-init/proxy.cjs in a real configurable-http-proxy, whose Node.js is as patient as usual, but a thousand times faster."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from lab.child_process import ChildProcess
from lab.hub import free_port, proxy_command
from lab.wait import wait_until
from pophub.core.contract import SETTINGS_FOLDER
from pophub.organizer.paths import CLOUD_INIT

PRELOADED = CLOUD_INIT / "proxy.cjs"
UNIT = CLOUD_INIT / "systemd" / "pophub-proxy.service"
# Node.js' limits of 300 and 60 seconds, looked at every 30 seconds
FASTER = """
const http = require("node:http");
const { createServer } = http;
const limits = { requestTimeout: 300, headersTimeout: 60, connectionsCheckingInterval: 30 };
http.createServer = (...given) => {
  const options = typeof given[0] === "object" ? given.shift() : {};
  return createServer({ ...options, ...limits }, ...given);
};
"""
# ten times what Node.js waits for a whole request
SLOW_SECONDS = 3


class Taking(BaseHTTPRequestHandler):
    """Says how much came."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(len(body)).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@contextlib.contextmanager
def proxy(folder: Path, *preloaded: Path) -> Iterator[int]:
    """The port of a proxy before a server that takes everything."""
    (folder / "faster.cjs").write_text(FASTER)
    options = " ".join(f"--require={file}" for file in (folder / "faster.cjs", *preloaded))
    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        port = free_port()
        command = [*proxy_command(port, free_port()), "--default-target", f"http://127.0.0.1:{server.server_port}"]
        running = ChildProcess(
            command, log=folder / "proxy.log", folder=folder, environment={**os.environ, "NODE_OPTIONS": options}
        )
        try:
            wait_until(lambda: listens(port), 30, "the proxy listens")
            yield port
        finally:
            running.stop()
            server.shutdown()


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def put(port: int, pause: float, head: bytes = b"PUT / HTTP/1.1\r\nHost: hub\r\nContent-Length: 4\r\n\r\n") -> bytes:
    """What is answered to somebody who sends half a body, and after a pause the other half; or before that."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head + b"ab")
        connection.settimeout(pause)
        with contextlib.suppress(TimeoutError):
            return connection.recv(1024)
        connection.settimeout(30)
        connection.sendall(b"cd")
        return connection.recv(1024)


def test_what_takes_long_to_arrive_is_waited_for(tmp_path: Path) -> None:
    with proxy(tmp_path, PRELOADED) as port:
        assert put(port, SLOW_SECONDS).startswith(b"HTTP/1.1 200 ")


def test_without_it_node_ends_what_takes_long(tmp_path: Path) -> None:
    with proxy(tmp_path) as port:
        assert put(port, SLOW_SECONDS).startswith(b"HTTP/1.1 408 ")


def test_headers_that_do_not_come_are_not_waited_for(tmp_path: Path) -> None:
    with proxy(tmp_path, PRELOADED) as port:
        assert put(port, SLOW_SECONDS, b"PUT / HTTP/1.1\r\nHost: hub\r\nX: ").startswith(b"HTTP/1.1 408 ")


def test_the_proxys_service_has_it() -> None:
    (option,) = [line for line in UNIT.read_text().splitlines() if line.startswith("Environment=NODE_OPTIONS=")]

    assert option.endswith(f"=--require={SETTINGS_FOLDER}/proxy.cjs")
    assert (
        f'put "$HERE/{PRELOADED.name}" "$OWN/{PRELOADED.name}"'
        in (CLOUD_INIT / "steps" / "start_services.sh").read_text()
    )
