"""Let's Encrypt for the lab's machine: pebble in the VPC's router. Only the lab's participants trust its certificates."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from lab.child_process import ChildProcess
from lab.machine.lab_ca import LabCa
from lab.machine.namespaces import Namespace
from lab.wait import wait_until
from pophub.core.errors import PophubError

# the host names under which machines reach it: production and staging
NAMES = ("acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org")
PORT, MANAGEMENT_PORT = 14000, 15000


class LabAcme:
    """Counts the issued certificates and failed challenges; its root certificate is in `root`."""

    def __init__(self, router: Namespace, resolver: str, ca: LabCa, folder: Path) -> None:
        self._router, self._resolver, self._ca, self._folder = router, resolver, ca, folder
        self._tls = ca.issue(["localhost", *NAMES], folder)
        self._log = folder / "pebble.log"
        self.root = folder / "acme-root.pem"
        self._start()

    def _start(self, *refused: str) -> None:
        certificate, key = self._tls
        settings = {
            "listenAddress": f"127.0.0.1:{PORT}",
            "managementListenAddress": f"127.0.0.1:{MANAGEMENT_PORT}",
            "certificate": str(certificate),
            "privateKey": str(key),
            "httpPort": 80,
            "tlsPort": 443,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
            "domainBlocklist": refused,
        }
        config = self._folder / "pebble.json"
        config.write_text(json.dumps({"pebble": settings}))
        # https://github.com/letsencrypt/pebble: without its deliberate pauses and errors
        environment = {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
        self._pebble = ChildProcess(
            self._router.command("pebble", "-config", str(config), "-dnsserver", f"{self._resolver}:53"),
            log=self._log,
            folder=self._folder,
            environment=environment,
        )
        self._ask = self._router.command("curl", "-fsS", "--cacert", str(self._ca.certificate))
        self.root.write_text(wait_until(self._find_root, 10, f"pebble stands; its log is {self._log}"))

    def _find_root(self) -> str:
        if self._pebble.ended:
            raise PophubError(f"pebble ended: {self._pebble.last_words(2)}", hint="apt-get install pebble")
        address = f"https://localhost:{MANAGEMENT_PORT}/roots/0"
        return subprocess.run([*self._ask, address], capture_output=True, text=True, check=False).stdout

    def refuse(self, *names: str) -> None:
        """From now on issue no certificate for these names, but for all others; this changes its root certificate."""
        self.stop()
        self._start(*names)

    @property
    def issued(self) -> int:
        """The number of certificates that it has issued."""
        return self._log.read_text(errors="replace").count("Issued certificate serial")

    @property
    def failed(self) -> int:
        """The number of challenges that it has found false."""
        return self._log.read_text(errors="replace").count("set INVALID by completed challenge")

    def stop(self) -> None:
        """End it; a second call does nothing."""
        self._pebble.stop()
