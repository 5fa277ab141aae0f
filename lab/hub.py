"""A real JupyterHub on this computer, from an unpacked bundle. Only this computer can reach it, and it has no TLS."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import requests

from lab import engine
from lab.child_process import ChildProcess
from lab.forks import Forks
from lab.running import Running
from lab.venvs import ensure_venv
from lab.wait import wait_until
from pophub.core import contract
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.paths import NODE_BIN

START_SECONDS = 90
# the services behind the hub's login, and the variables of their tokens
PAGES = {contract.COSTS: contract.COSTS_TOKEN, contract.HELPERS: contract.HELPERS_TOKEN}
Kind = Literal["docker", "processes"]


class SignIn(Protocol):
    """What a hub needs to let people sign in."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Its secrets, and the addresses that differ from the real ones."""

    def settings(self, hub_url: str) -> Mapping[str, str]:
        """What can be set only in the hub's configuration."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """A sign-in that needs only secrets."""

    environment: Mapping[str, str] = field(default_factory=dict)

    def settings(self, hub_url: str) -> Mapping[str, str]:
        """No extra settings."""
        return {}


class LabHub(Running):
    """A context manager. Homes, database and logs are in `state` and survive a stop.

    If `servers` is None, it is chosen: containers if Docker can run the event's image, else processes. `inside` is a
    command that starts the hub's own command, as `unshare` does. With `pages`, the pages of costs and helpers run beside
    the hub.
    """

    # a program that starts many of them, as the tests do, sets this: forks of lab/hub_program.py for a hub's Python
    forks: ClassVar[Callable[[str], Forks] | None] = None

    def __init__(
        self,
        bundle: Path,
        sign_in: SignIn,
        *,
        state: Path | None = None,
        port: int | None = None,
        servers: Kind | None = None,
        inside: Sequence[str] = (),
        pages: bool = False,
    ) -> None:
        # the processes of the pages of costs and helpers
        self.pages: list[ChildProcess] = []
        self._with_pages = pages
        self._config = bundle / "hub-config"
        self._sign_in = sign_in
        self._inside = inside
        self._running: list[ChildProcess] = []
        self.state = (state or bundle / "state").resolve()
        self.port = free_port() if port is None else require_free_port(port)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.state / "hub.log"
        self.servers: Kind = servers or self._best_kind()
        self._network = f"pophub-lab-{self.port}"
        (self.state / "homes").mkdir(parents=True, exist_ok=True)
        # other users of this computer must not read the homes, the database or the logs
        self.state.chmod(0o700)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _best_kind(self) -> Kind:
        return "docker" if engine.runs(self._event()["server"]["image"]) else "processes"

    def _event(self) -> Any:
        return json.loads((self._config / contract.EVENT_FILE).read_text())

    def _start(self) -> None:
        ports = {name: free_port() for name in ("hub", "api", *PAGES)}
        environment = {**os.environ, **self._sign_in.environment, contract.PROXY_TOKEN: secrets.token_hex(32)}
        if self._with_pages:
            environment |= {token: secrets.token_hex(32) for token in PAGES.values()}
        hub_address = engine.make_network(self._network) if self.servers == "docker" else "127.0.0.1"
        self._write_settings(hub_address, ports)
        error_page = f"http://{hub_address}:{ports['hub']}/hub/error"
        self._run("proxy", [*proxy_command(self.port, ports["api"]), "--error-target", error_page], environment)
        python = ensure_venv(self._config / "requirements-hub.txt") / "bin" / "python"
        if self._with_pages:
            self._run_pages(python, ports, environment)
        hub = self._run_hub(str(python), environment)
        wait_until(lambda: self._healthy(hub), START_SECONDS, f"the hub answers at {self.url}; its log is {self.log}")

    def _run_hub(self, python: str, environment: Mapping[str, str]) -> ChildProcess:
        arguments = ["-f", str((self._config / "jupyterhub_config.py").resolve())]
        forks_for = type(self).forks
        if forks_for and not self._inside:
            return self._run("hub", arguments, environment, forks_for(python))
        return self._run("hub", [*self._inside, python, "-m", "jupyterhub", *arguments], environment)

    def _run_pages(self, python: Path, ports: Mapping[str, int], environment: Mapping[str, str]) -> None:
        """As the machine's units do; each knows its own token alone."""
        state, run = self.state, self.state / "run"
        run.mkdir(exist_ok=True)
        places = {
            contract.COSTS: {
                "settings": self._config / contract.WATCH_SETTINGS_FILE,
                "meter": state / contract.METER_FILE,
            },
            contract.HELPERS: {"settings": self._config, "hub": state, "run": run, "homes": state / "homes"},
        }
        for name, token in PAGES.items():
            options = {**places[name], "port": ports[name], "hub-url": self.url}
            command = [str(python), "-B", "-m", f"pophub.hub.{name}_page"]
            own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self._config.parent), token: environment[token]}
            kept = self._run(name, [*command, *(f"--{option}={value}" for option, value in options.items())], own)
            self.pages.append(kept)

    def _run(
        self, name: str, command: list[str], environment: Mapping[str, str], forks: Forks | None = None
    ) -> ChildProcess:
        log = self.state / f"{name}.log"
        kept = ChildProcess(command, log=log, folder=self.state, environment=environment, forks=forks)
        self._running.append(kept)
        return kept

    def _healthy(self, hub: ChildProcess) -> bool:
        for kept in self._running:
            if kept.ended:
                problem = f"the hub ended at its start:\n{kept.last_words()}"
                raise PophubError(problem, hint=f"its log is {kept.log}", code=ExitCode.REFUSED)
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/hub/health", timeout=5).ok
        return False

    def _write_settings(self, hub_address: str, ports: dict[str, int]) -> None:
        """The only difference from a real machine; it uses config.d, which every organizer can use too."""
        settings = {
            "JupyterHub.bind_url": self.url,
            "JupyterHub.public_url": self.url,
            "JupyterHub.hub_ip": hub_address,
            "JupyterHub.hub_port": ports["hub"],
            "EventLogger.handlers[0].baseFilename": f"{self.state}/events.jsonl",
            "JupyterHub.cookie_secret_file": f"{self.state}/cookie_secret",
            "JupyterHub.cleanup_servers": True,
            "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{ports['api']}",
            **(
                {"JupyterHub.db_url": f"sqlite:///{self.state}/jupyterhub.sqlite"}
                if self._event()["database"] == "sqlite"
                else {}
            ),
            **self._sign_in.settings(self.url),
            **(self._container_settings() if self.servers == "docker" else self._process_settings()),
        }
        organizers_settings = self._config / "config.d" / "90-lab.py"
        organizers_settings.parent.mkdir(exist_ok=True)
        text = "".join(f"c.{trait} = {value!r}\n" for trait, value in settings.items())
        urls = {name: f"http://127.0.0.1:{ports[name]}" for name in PAGES}
        text += f"for it in c.JupyterHub.services:\n    it.update(url={urls!r}[it['name']]) if 'url' in it else None\n"
        organizers_settings.write_text(text)

    def _container_settings(self) -> dict[str, Any]:
        return {
            # the event's own image, without the additions that a machine makes to it
            "DockerSpawner.image": self._event()["server"]["image"],
            "DockerSpawner.network_name": self._network,
            "DockerSpawner.prefix": self._network,
            "DockerSpawner.volumes": {f"{self.state}/homes/{{username}}": contract.SERVER_HOME},
        }

    def _process_settings(self) -> dict[str, Any]:
        python = ensure_venv(self._config / "image" / "requirements-server.txt") / "bin" / "python"
        return {
            "JupyterHub.spawner_class": "jupyterhub.spawner.SimpleLocalProcessSpawner",
            "SimpleLocalProcessSpawner.home_dir_template": f"{self.state}/homes/{{username}}",
            "SimpleLocalProcessSpawner.cmd": [
                str(python),
                "-s",
                str((self._config / "server").resolve()),
                "--allow-root",
            ],
        }

    def stop(self) -> None:
        """End the hub, its proxy and every server, even if the hub hangs; a second call does nothing."""
        while self._running:
            self._running.pop().stop()
        if self.servers == "docker":
            engine.remove_network(self._network)


def proxy_command(port: int, api_port: int) -> list[str]:
    """The command line of the proxy; its token comes from the environment."""
    program = NODE_BIN / "configurable-http-proxy"
    if not program.exists():
        raise PophubError("configurable-http-proxy is not installed", hint="npm ci")
    here = "127.0.0.1"
    return [str(program), "--ip", here, "--port", str(port), "--api-ip", here, "--api-port", str(api_port)]


def free_port() -> int:
    """A port that is free at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def require_free_port(port: int) -> int:
    """The port itself, if it is free."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        hint = "end what listens there, or name another port"
        raise PophubError(f"port {port} cannot be used: {error.strerror}", hint=hint) from error
    return port
