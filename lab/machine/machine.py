"""A machine on this computer that behaves like the hub's on EC2: it boots the user data and reads its own metadata.

Both kinds have the same interface: `ContainerMachine` is fast, `VirtualMachine` is complete. Needs Linux and root.
"""

from __future__ import annotations

import json
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from lab.child import Child
from lab.child_process import ChildProcess
from lab.machine import acme, imds, name_server, vpc
from lab.machine.acme import LabAcme
from lab.machine.folder import MachineFolder
from lab.machine.instance import Instance
from lab.machine.lab_ca import LabCa
from lab.machine.name_server import NameServer
from lab.machine.namespaces import Namespace
from lab.wait import wait_until
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.event.event import Event

# the host name in shapes/every/etc/systemd/system/pophub-hub.service.d/lab.conf
GITHUB_HOST = "github.lab"
GIT_HOST = "git.lab"
HEALTHY_SECONDS = 400
# the whole environment of commands started by `run`
ENVIRONMENT = ("HOME=/root", "LANG=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")


class LabMachine(ABC):
    """A context manager. `backends`: https host names that this computer answers for → port of 127.0.0.1.

    If the event's own name is one of them, that port is its off page's, and participants are led there or to the machine as
    Route 53 says; else always to the machine.

    `seconds` counts from the start; `environment` sends a participant's requests to the machine.
    """

    # the longest time that a shutdown takes
    shutdown_seconds = 60

    def __init__(self, event: Event, instance: Instance, backends: Mapping[str, int], *, baked: bool = True) -> None:
        self.event = event
        self.ca = LabCa()
        self.folder = MachineFolder()
        self._trusted = self.folder.path / "participants-trust.pem"
        self._running: list[Child | LabAcme | NameServer] = []
        self._power: ChildProcess | None = None
        self._vpc: vpc.Vpc | None = None
        self.environment: dict[str, str] = {}
        try:
            self._prepare(instance, baked=baked)
            self._start(instance, backends)
        except BaseException:
            self.stop()
            raise

    def _start(self, instance: Instance, backends: Mapping[str, int]) -> None:
        domain, zone = self.event.domain, self.event.zone
        names = dict.fromkeys({*backends, *acme.NAMES} - {domain}, vpc.GATEWAY)
        # participants' servers can reach the internet, but no address of the VPC
        names[GIT_HOST] = vpc.WORLD
        names[name_server.NAME] = name_server.ADDRESS
        self._vpc = vpc.Vpc(self.folder.path, names, {zone: name_server.ADDRESS})
        router = self._vpc.router
        self.names = NameServer(router, domain, zone, here=vpc.MACHINE, otherwise=vpc.GATEWAY)
        self._running.append(self.names)
        self._place = self._join(self._vpc, instance, vpc.MACHINE)
        # Let's Encrypt asks the zone's own servers: https://github.com/letsencrypt/boulder/issues/4652
        self.acme = LabAcme(router, name_server.ADDRESS, self.ca, self.folder.part("acme"))
        self._running.append(self.acme)
        self._equip_visitors(
            self._open_front(self._vpc, backends, {**names, domain: "" if domain in backends else vpc.MACHINE})
        )
        self.boot()

    def _join(self, net: vpc.Vpc, instance: Instance, address: str) -> Namespace:
        """Give it a place in a VPC."""
        metadata = imds.describe(
            instance=instance.id,
            region=self.event.region,
            role=instance.role,
            keys=instance.keys,
            address=address,
            tags=instance.tags,
        )
        return net.add(metadata, instance.user_data)

    def _equip_visitors(self, gateway: Child) -> None:
        proxy = f"http://127.0.0.1:{gateway.port}"
        self.trust(self.ca.certificate.read_text() + self.acme.root.read_text())
        self.environment = {
            **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy),
            **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
            **dict.fromkeys(("REQUESTS_CA_BUNDLE", "WEBSOCKET_CLIENT_CA_BUNDLE"), str(self._trusted)),
        }

    def trust(self, certificates: str) -> None:
        """Let participants trust these authorities too."""
        with self._trusted.open("a") as file:
            file.write(certificates)

    def _open_front(self, net: vpc.Vpc, backends: Mapping[str, int], names: Mapping[str, str]) -> Child:
        certificate, key = self.ca.issue([*backends, *acme.NAMES], self.folder.path)
        settings = self.folder.path / "gateway.json"
        settings.write_text(
            json.dumps(
                {
                    "router": net.router.path,
                    "address": vpc.GATEWAY,
                    "neighbour": vpc.NEIGHBOUR,
                    "backends": dict(backends),
                    "names": dict(names),
                    "certificate": str(certificate),
                    "key": str(key),
                }
            )
        )
        gateway = Child("lab.machine.gateway", str(settings), log=self.folder.path / "gateway.log")
        self._running.append(gateway)
        return gateway

    @abstractmethod
    def _prepare(self, instance: Instance, *, baked: bool) -> None:
        """Create its disk."""

    @abstractmethod
    def _switch_on(self, place: Namespace) -> ChildProcess:
        """Start it with its current disk; its output goes to `console`."""

    @abstractmethod
    def run(self, *command: str, seconds: float = 120, check: bool = True) -> str:
        """Run a command inside as root; returns its output.

        Raises:
            PophubError: it failed; the error has its output.
        """

    def boot(self) -> None:
        """Switch it on with its current disk."""
        self._booted = time.monotonic()
        self._power = self._switch_on(self._place)

    def check(self) -> None:
        """Check that it still runs.

        Raises:
            PophubError: it has ended; the error has the last lines of its console.
        """
        if self._power is None or self._power.ended:
            words = self.console.read_text(errors="replace").strip().splitlines()[-5:]
            raise PophubError(f"the machine has ended: {' / '.join(words)}", code=ExitCode.REFUSED)

    @property
    def console(self) -> Path:
        """The file with its output during the boot."""
        return self.folder.path / "console.log"

    @property
    def net(self) -> vpc.Vpc:
        """Its VPC."""
        assert self._vpc is not None
        return self._vpc

    @property
    def url(self) -> str:
        """The hub's address, for a participant with `environment`."""
        return self.event.url

    @property
    def seconds(self) -> float:
        """The seconds since it was switched on."""
        return time.monotonic() - self._booted

    def journal(self, unit: str) -> str:
        """The messages of a unit."""
        return self.run("journalctl", "--no-pager", "--output", "cat", "--unit", unit, check=False)

    def get(self, address: str, *, trusted: str | None = None, allow_redirects: bool = True) -> requests.Response:
        """Request an address as a person on the internet; `trusted` is a file of certificate authorities."""
        proxies = {scheme: self.environment["https_proxy"] for scheme in ("http", "https")}
        return requests.get(
            address,
            proxies=proxies,
            verify=trusted or self.environment["REQUESTS_CA_BUNDLE"],
            timeout=30,
            allow_redirects=allow_redirects,
        )

    def await_open(self, seconds: float = HEALTHY_SECONDS) -> float:
        """Wait until the hub answers healthily from outside; returns the seconds since the machine was switched on."""
        wait_until(self.is_open, seconds, f"the hub is open; the machine is in {self.folder.path}", every_seconds=0.2)
        return self.seconds

    def is_open(self) -> bool:
        """Whether the hub answers healthily from outside now."""
        self.check()
        try:
            return self.get(f"{self.url}/hub/health").status_code == 200
        except requests.RequestException:
            return False

    def shut_down(self) -> None:
        """Switch it off in order; its disk stays."""
        power = self._power
        if power is not None and not power.ended:
            # it may be off before it has answered
            with suppress(OSError):
                self.run("systemctl", "poweroff", "--no-block", check=False)
            wait_until(lambda: power.ended, self.shutdown_seconds, "the machine is off")
        self._power = None

    def stop(self) -> None:
        """End it with everything that belongs to it, and delete its disk; a second call does nothing."""
        if self._power is not None:
            self._power.stop()
            self._power = None
        while self._running:
            self._running.pop().stop()
        if self._vpc is not None:
            self._vpc.stop()
            self._vpc = None
        self.folder.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and self._power is not None:
            print(f"the machine's last words:\n{self.journal('pophub-install')[-3000:]}", file=sys.stderr)
        self.stop()
