"""One participant's server as a process, started as the hub starts it, beside a hub that only knows who asks."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

import requests
import websocket
from requests import Response
from traitlets.config import Config

from lab.child_process import ChildProcess
from lab.hub import free_port
from lab.running import Running
from lab.wait import wait_until
from pophub.core.errors import PophubError

SECONDS = 60
# https://jupyterhub.readthedocs.io/en/6.1.0/reference/rest-api.html: what a token's owner is, to the server that asks
ADA = {"kind": "user", "name": "ada", "admin": False, "groups": [], "scopes": ["access:servers!user=ada/"]}


class Hub(BaseHTTPRequestHandler):
    """Answers everything with the same."""

    def do_GET(self) -> None:
        body = json.dumps({"version": "6.1.1", **ADA}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Participant(Running):
    """Ada and her server, from an unpacked bundle, with the hub's settings and a Python that has Jupyter."""

    def __init__(self, folder: Path, config: Config, python: Path, home: Path) -> None:
        self._hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
        threading.Thread(target=self._hub.serve_forever, daemon=True).start()
        hub = f"http://127.0.0.1:{self._hub.server_port}/hub/api"
        self.url = f"http://127.0.0.1:{free_port()}/user/ada"
        self.token = uuid.uuid4().hex
        self.home = home
        environment = {
            **{name: os.environ[name] for name in ("LANG", "LC_ALL", "PATH") if name in os.environ},
            **{name: str(value) for name, value in config.Spawner.environment.items()},
            "HOME": str(home),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERHUB_API_TOKEN": self.token,
            "JUPYTERHUB_API_URL": hub,
            "JUPYTERHUB_ACTIVITY_URL": f"{hub}/users/ada/activity",
            "JUPYTERHUB_BASE_URL": "/",
            "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-ada",
            "JUPYTERHUB_DISABLE_USER_CONFIG": str(int(config.Spawner.disable_user_config)),
            "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps(ADA["scopes"]),
            "JUPYTERHUB_SERVICE_PREFIX": "/user/ada/",
            "JUPYTERHUB_SERVICE_URL": f"{self.url}/",
            "JUPYTERHUB_USER": "ada",
        }
        command = [str(python), "-s", str(folder / "hub-config" / "server"), "--allow-root", *config.Spawner.args]
        # as an image's entrypoint may have gone elsewhere
        self._server = ChildProcess(command, log=folder / "server.log", folder=folder, environment=environment)
        try:
            wait_until(self._answers, SECONDS, f"the server answers; its log is {folder / 'server.log'}")
        except BaseException:
            self.stop()
            raise

    def _answers(self) -> bool:
        assert not self._server.ended, self._server.last_words(20)
        try:
            return requests.get(f"{self.url}/api", timeout=SECONDS).ok
        except requests.ConnectionError:
            return False

    def stop(self) -> None:
        """End both."""
        self._server.stop()
        self._hub.shutdown()
        self._hub.server_close()

    @property
    def log(self) -> str:
        """What the server has printed."""
        return self._server.log.read_text()

    def ask(
        self, method: str, place: str, *, headers: Mapping[str, str] = MappingProxyType({}), **more: Any
    ) -> Response:
        """A request below the server's own address, from a page of it."""
        headers = {"Authorization": f"token {self.token}", **headers}
        answer = requests.request(method, f"{self.url}/{place}", headers=headers, timeout=SECONDS, **more)
        assert answer.ok, f"{method} {place}: {answer.status_code} {answer.text[:500]}"
        return answer

    def socket(self, place: str) -> websocket.WebSocket:
        """A websocket below the server's own address."""
        header = [f"Authorization: token {self.token}"]
        return websocket.create_connection(
            f"{self.url.replace('http', 'ws', 1)}/{place}", header=header, timeout=SECONDS
        )

    def last_activity(self) -> str:
        """What the server tells the hub every minute."""
        return str(self.ask("GET", "api/status").json()["last_activity"])

    def counts(self, action: Callable[[], object], seconds: float = 0) -> bool:
        """Whether the server takes something for work, at once or within these seconds."""
        # what came before has been noted, when the same loop has answered
        self.ask("GET", "api")
        before = self.last_activity()
        action()
        self.ask("GET", "api")
        with suppress(PophubError):
            return wait_until(lambda: self.last_activity() > before, seconds, "it counts")
        return False

    def kernel(self, name: str = "python3") -> KernelSocket:
        """A new kernel that waits for cells."""
        kernel = self.ask("POST", "api/kernels", json={"name": name}).json()["id"]
        return KernelSocket(self, kernel)


class KernelSocket:
    """A notebook's connection to its kernel."""

    def __init__(self, participant: Participant, kernel: str) -> None:
        self.id = kernel
        self._socket = participant.socket(f"api/kernels/{kernel}/channels")
        # a kernel that has just begun to run may not have heard the first one
        wait_until(lambda: self.request("kernel_info_request", {}), SECONDS, "the kernel answers")

    def close(self) -> None:
        """The kernel goes on."""
        self._socket.close()

    def request(self, kind: str, content: dict[str, Any], channel: str = "shell") -> list[dict[str, Any]]:
        """What comes back until the kernel is idle again."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "a", "username": "ada", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel}
        self._socket.send(json.dumps(message))
        found: list[dict[str, Any]] = []
        while not (found and found[-1]["content"].get("execution_state") == "idle"):
            answer = json.loads(self._socket.recv())
            if answer["parent_header"].get("msg_id") == header["msg_id"]:
                found.append(answer)
        return found

    def run(self, code: str) -> str:
        """What a cell prints."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        return "".join(it["content"].get("text", "") for it in self.request("execute_request", content)).strip()
