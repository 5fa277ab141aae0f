"""A machine on this computer that behaves like the hub's on EC2: it boots the user data and asks its metadata who it is.

It shares this computer's kernel, so it has no disks of its own and no project quotas. Needs Linux and root.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from pophub.errors import ExitCode, PophubError
from pophub.event import Event
from pophub.lab import acme, imds, rootfs, vpc
from pophub.lab.acme import LabAcme
from pophub.lab.child import Child
from pophub.lab.docker_store import copy_store, docker_store
from pophub.lab.instance import Instance
from pophub.lab.kept import Kept
from pophub.lab.lab_ca import LabCa
from pophub.lab.machine_folder import MachineFolder
from pophub.lab.wait import wait_until

# as rootfs/etc/systemd/system/pophub-hub.service.d/lab.conf says
GITHUB_HOST = "github.lab"
SHUTDOWN_SECONDS = 60
HEALTHY_SECONDS = 400
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class LabMachine:
    """A context manager. `backends` are the https host names that this computer answers for: name → port of 127.0.0.1.

    `seconds` since the start are what its figures count from; `environment` takes a visitor's requests to it.
    """

    def __init__(self, event: Event, instance: Instance, backends: Mapping[str, int], *, baked: bool = True) -> None:
        self.event = event
        self.ca = LabCa()
        lower = rootfs.base(self.ca) / "root"
        self._layers = [rootfs.baked(self.ca) / "upper", lower] if baked else [lower]
        self.folder = MachineFolder()
        self._trusted = self.folder.path / "visitors-trust.pem"
        self._running: list[Child | LabAcme] = []
        self._nspawn: Kept | None = None
        self._vpc: vpc.Vpc | None = None
        self.environment: dict[str, str] = {}
        try:
            if baked:
                copy_store(docker_store(self.ca, event.server.image), self.folder.part("docker"))
            self._start(instance, backends)
        except BaseException:
            self.stop()
            raise

    def _start(self, instance: Instance, backends: Mapping[str, int]) -> None:
        metadata = imds.describe(
            instance=instance.id,
            region=self.event.region,
            role=instance.role,
            address=vpc.MACHINE,
            tags=instance.tags,
        )
        names = {**dict.fromkeys((*backends, *acme.NAMES), vpc.FRONT), self.event.domain: vpc.MACHINE}
        self._vpc = vpc.Vpc(self.folder.path, metadata, instance.user_data, names)
        self.acme = LabAcme(self._vpc.router, vpc.GATEWAY, self.ca, self.folder.part("acme"))
        self._running.append(self.acme)
        self._equip_visitors(self._open_front(self._vpc, backends, names))
        self.boot()

    def _equip_visitors(self, front: Child) -> None:
        proxy = f"http://127.0.0.1:{front.port}"
        self.trust(self.ca.certificate.read_text() + self.acme.root.read_text())
        self.environment = {
            **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy),
            **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
            **dict.fromkeys(("REQUESTS_CA_BUNDLE", "WEBSOCKET_CLIENT_CA_BUNDLE"), str(self._trusted)),
        }

    def trust(self, certificates: str) -> None:
        """Let visitors trust these authorities too."""
        with self._trusted.open("a") as file:
            file.write(certificates)

    def _open_front(self, net: vpc.Vpc, backends: Mapping[str, int], names: Mapping[str, str]) -> Child:
        certificate, key = self.ca.issue([*backends, *acme.NAMES], self.folder.path)
        settings = self.folder.path / "front.json"
        settings.write_text(
            json.dumps(
                {
                    "router": net.router.path,
                    "address": vpc.FRONT,
                    "neighbour": vpc.NEIGHBOUR,
                    "backends": dict(backends),
                    "names": dict(names),
                    "certificate": str(certificate),
                    "key": str(key),
                }
            )
        )
        front = Child("pophub.lab.front", str(settings), log=self.folder.path / "front.log")
        self._running.append(front)
        return front

    def boot(self) -> None:
        """Switch it on, with the disk it has."""
        assert self._vpc is not None
        script = Path(__file__).with_name("machine_boot.sh")
        layers = ":".join(map(str, self._layers))
        command = self._vpc.machine.command("unshare", "--mount", "--propagation", "slave", "sh", str(script))
        self._booted = time.monotonic()
        self._nspawn = Kept(
            [*command, str(self.folder.path), self.folder.group, layers],
            log=self.console,
            folder=self.folder.path,
            environment=os.environ,
        )
        self._init = wait_until(self._find_init, 30, f"the machine boots; its console is {self.console}")

    @property
    def console(self) -> Path:
        """What it prints while it boots."""
        return self.folder.path / "console.log"

    @property
    def url(self) -> str:
        """Where the hub is, for a visitor with `environment`."""
        return f"https://{self.event.domain}"

    @property
    def root(self) -> Path:
        """Its file system, as it sees it."""
        return Path(f"/proc/{self._init}/root")

    @property
    def seconds(self) -> float:
        """Since it was switched on."""
        return time.monotonic() - self._booted

    def _find_init(self) -> int | None:
        if self._nspawn is None or self._nspawn.ended:
            words = self.console.read_text(errors="replace").strip().splitlines()[-5:]
            raise PophubError(f"the machine ended at its start: {' / '.join(words)}", code=ExitCode.REFUSED)
        return self.folder.init()

    def run(self, *command: str, seconds: float = 120, check: bool = True) -> str:
        """What a command prints that runs inside as root.

        Raises:
            PophubError: it failed; with what it printed.
        """
        enter = ["nsenter", f"--target={self._init}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]
        line = [*enter, "--root", "--wd", "env", "-i", "HOME=/root", "LANG=C.UTF-8", f"PATH={PATH}", *command]
        done = subprocess.run(
            line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False
        )
        if check and done.returncode:
            raise PophubError(f"`{' '.join(command)}` failed: {done.stdout}{done.stderr}", code=ExitCode.REFUSED)
        return done.stdout + ("" if check else done.stderr)

    def journal(self, unit: str) -> str:
        """What a unit has said."""
        return self.run("journalctl", "--no-pager", "--output", "cat", "--unit", unit, check=False)

    def get(self, address: str, *, trusted: str | None = None, allow_redirects: bool = True) -> requests.Response:
        """Look at an address as somebody on the internet, who trusts an authority."""
        proxies = {scheme: self.environment["https_proxy"] for scheme in ("http", "https")}
        return requests.get(
            address,
            proxies=proxies,
            verify=trusted or self.environment["REQUESTS_CA_BUNDLE"],
            timeout=30,
            allow_redirects=allow_redirects,
        )

    def await_open(self, seconds: float = HEALTHY_SECONDS) -> float:
        """Wait until the hub is healthy for people outside; the seconds since the machine was switched on."""
        wait_until(self.is_open, seconds, f"the hub is open; the machine is in {self.folder.path}", every_seconds=0.2)
        return self.seconds

    def is_open(self) -> bool:
        """Whether the hub is healthy for people outside, now."""
        self._find_init()
        try:
            return self.get(f"{self.url}/hub/health").status_code == 200
        except requests.RequestException:
            return False

    def shut_down(self) -> None:
        """Switch it off in order; its disk stays."""
        if self._nspawn is not None and not self._nspawn.ended:
            self.run("systemctl", "poweroff", check=False)
            wait_until(lambda: self._nspawn is None or self._nspawn.ended, SHUTDOWN_SECONDS, "the machine is off")
        self._nspawn = None

    def stop(self) -> None:
        """End it and all that belongs to it, and forget its disk; a second stop does nothing."""
        if self._nspawn is not None:
            self._nspawn.stop()
            self._nspawn = None
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
        if kind is not None and self._nspawn is not None:
            print(f"the machine's last words:\n{self.journal('pophub-install')[-3000:]}", file=sys.stderr)
        self.stop()
