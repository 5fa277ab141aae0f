"""A VPC with one subnet on this computer: gateway, DHCP, DNS, metadata, and internet access that changes nothing here.

It has two network namespaces: the router's, and the machine's, which has one interface without an address.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.child_process import ChildProcess
from lab.machine import imds
from lab.machine.namespaces import Namespace
from lab.wait import wait_until
from pophub.core.contract import HUB_PRIVATE_ADDRESS, SERVER_SUBNET, VPC_CIDR

ROUTER, GATEWAY, MACHINE = "10.20.0.1", "10.20.0.2", HUB_PRIVATE_ADDRESS
# another machine of the same owner, which no participant may reach
NEIGHBOUR = "10.20.0.3"
RESOLVER = "169.254.169.253"
# the DNS server of slirp4netns: https://github.com/rootless-containers/slirp4netns/blob/master/slirp4netns.1.md
SLIRP_DNS = "10.0.2.3"
# stands for a public address that the lab answers: https://www.rfc-editor.org/rfc/rfc5737
WORLD = "203.0.113.1"
NAT = f"""
table ip lab {{
    chain prerouting {{ type nat hook prerouting priority -100; ip daddr {WORLD} dnat to {GATEWAY}; }}
    chain postrouting {{ type nat hook postrouting priority 100; ip saddr {VPC_CIDR} oifname "tap0" masquerade; }}
    chain forward {{ type filter hook forward priority 0; ip daddr {{ 169.254.0.0/16, 10.0.2.0/24 }} reject; }}
}}
"""


class Vpc:
    """Exists from its creation to `stop`. The router answers for `names`; public DNS answers for all other names."""

    def __init__(self, folder: Path, metadata: Mapping[str, Any], user_data: str, names: Mapping[str, str]) -> None:
        self._folder = folder
        self._running: list[ChildProcess] = []
        self.router = Namespace("router", folder)
        self.machine = Namespace("machine", folder)
        self._wire()
        self._run("slirp", ["slirp4netns", "--configure", "--disable-host-loopback", str(self.router.pid), "tap0"])
        wait_until(lambda: "default" in self.router.run("ip route"), 10, "the lab's VPC has a way out")
        self.router.run("nft --file -", stdin=NAT)
        self._start_dns(names)
        self._start_metadata(metadata, user_data)

    def _wire(self) -> None:
        for line in (
            "ip link set lo up",
            f"ip link add rt0 type veth peer name eth0 netns {self.machine.pid}",
            f"ip addr add {ROUTER}/24 dev rt0",
            f"ip addr add {GATEWAY}/24 dev rt0",
            f"ip addr add {NEIGHBOUR}/24 dev rt0",
            "ip link set rt0 up",
            f"ip addr add {imds.ADDRESS}/32 dev lo",
            f"ip addr add {RESOLVER}/32 dev lo",
            "sysctl -qw net.ipv4.ip_forward=1",
            # a route for a neighbour that tries to reach the containers through the machine
            f"ip route add {SERVER_SUBNET} via {MACHINE} dev rt0",
        ):
            self.router.run(line)
        self.machine.run(f"ip link set eth0 address {imds.MAC}")

    def _start_dns(self, names: Mapping[str, str]) -> None:
        """Start DHCP and DNS."""
        ours = [f"--address=/{name}/{address}" for name, address in names.items()]
        command = (
            "dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --bind-interfaces --user=root "
            f"--server={SLIRP_DNS} --listen-address={ROUTER},{RESOLVER} --pid-file= --interface=rt0 "
            f"--dhcp-range={MACHINE},{MACHINE},1h --dhcp-host={imds.MAC},{MACHINE} "
            f"--dhcp-option=option:dns-server,{ROUTER} --dhcp-leasefile={self._folder}/leases"
        ).split()
        self._run("dns", self.router.command(*command, *ours))

    def _start_metadata(self, metadata: Mapping[str, Any], user_data: str) -> None:
        settings = self._folder / "imds.json"
        settings.write_text(json.dumps({"meta-data": metadata, "user-data": user_data}))
        self._run("imds", self.router.command(sys.executable, "-m", "lab.machine.imds", str(settings)))

    def _run(self, name: str, command: list[str]) -> None:
        log = self._folder / f"{name}.log"
        # so that our own modules are found from any current folder
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._running.append(ChildProcess(command, log=log, folder=self._folder, environment=environment))

    def stop(self) -> None:
        """End everything."""
        while self._running:
            self._running.pop().stop()
        self.machine.stop()
        self.router.stop()
