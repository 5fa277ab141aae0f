"""A VPC with one subnet on this computer: gateway, DHCP, DNS, metadata, and internet access that changes nothing here.

It has a network namespace for the router and one for each machine, which has one interface without an address.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from lab.child_process import ChildProcess
from lab.machine import imds, name_server
from lab.machine.namespaces import Namespace
from lab.wait import wait_until
from pophub.core.contract import (
    HUB_PORT,
    HUB_PRIVATE_ADDRESS,
    IMAGE_PORT,
    NFS_PORT,
    SERVER_SUBNET,
    SWARM_PORT,
    VPC_CIDR,
    WORKER_PORTS,
)
from pophub.core.errors import PophubError

ROUTER, GATEWAY, MACHINE = "10.20.0.1", "10.20.0.2", HUB_PRIVATE_ADDRESS
WORKERS = tuple(f"10.20.0.{number}" for number in range(20, 30))
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


def interface(machine: str) -> str:
    """The router's side of a machine's wire."""
    return f"m{machine.rpartition('.')[2]}"


# the security groups of stacks/, between two machines; this kernel tracks no connections in a bridge
SECURITY_GROUPS = f"""
table bridge lab {{
    chain forward {{
        type filter hook forward priority 0; policy drop;
        ether type arp accept
        tcp flags & (syn | ack) != syn accept
        oifname "{interface(MACHINE)}" tcp dport {{ 80, 443, {SWARM_PORT}, {NFS_PORT}, {HUB_PORT}, {IMAGE_PORT} }} accept
        iifname "{interface(MACHINE)}" tcp dport {WORKER_PORTS[0]}-{WORKER_PORTS[1]} accept
    }}
}}
"""


class Vpc:
    """Exists from its creation to `stop`. The router answers for `names`; public DNS answers for all other names.

    `zones`: zone → address of its name server in the router.
    """

    def __init__(self, folder: Path, names: Mapping[str, str], zones: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._running: list[ChildProcess] = []
        self._machines: dict[str, Namespace] = {}
        self.router = Namespace("router", folder)
        self._wire()
        self._run("slirp", ["slirp4netns", "--configure", "--disable-host-loopback", str(self.router.pid), "tap0"])
        wait_until(lambda: "default" in self.router.run("ip route"), 10, "the lab's VPC has a way out")
        self.router.run("nft --file -", stdin=NAT + SECURITY_GROUPS)
        self._start_dns(names, zones or {})
        self._metadata = folder / "metadata"
        self._metadata.mkdir()
        self._run("imds", self.router.command(sys.executable, "-m", "lab.machine.imds", str(self._metadata)))

    def _wire(self) -> None:
        for line in (
            "ip link set lo up",
            "ip link add rt0 type bridge",
            f"ip addr add {ROUTER}/24 dev rt0",
            f"ip addr add {GATEWAY}/24 dev rt0",
            f"ip addr add {NEIGHBOUR}/24 dev rt0",
            "ip link set rt0 up",
            f"ip addr add {imds.ADDRESS}/32 dev lo",
            f"ip addr add {RESOLVER}/32 dev lo",
            # an interface of its own, because dnsmasq takes every address of lo and rt0
            "ip link add world type bridge",
            f"ip addr add {name_server.ADDRESS}/32 dev world",
            "ip link set world up",
            "sysctl -qw net.ipv4.ip_forward=1",
            # a route for a neighbour that tries to reach the containers through the machine
            f"ip route add {SERVER_SUBNET} via {MACHINE} dev rt0",
        ):
            self.router.run(line)

    def add(self, metadata: Mapping[str, Any], user_data: str) -> Namespace:
        """The network of another machine, at the address that its metadata names."""
        address = metadata["local-ipv4"]
        machine = self._machines[address] = Namespace(f"machine-{address}", self._folder)
        self.router.run(f"ip link add {interface(address)} type veth peer name eth0 netns {machine.pid}")
        self.router.run(f"ip link set {interface(address)} master rt0 up")
        machine.run(f"ip link set eth0 address {imds.mac(address)}")
        self.tell(metadata, user_data)
        return machine

    def tell(self, metadata: Mapping[str, Any], user_data: str) -> None:
        """Let the metadata service tell this to a machine from now on."""
        told = self._metadata / f"{metadata['local-ipv4']}.json"
        told.with_suffix(".new").write_text(json.dumps({"meta-data": metadata, "user-data": user_data}))
        told.with_suffix(".new").replace(told)

    def cut(self, address: str, *, off: bool = True) -> None:
        """Pull a machine's wire, or plug it in again."""
        self.router.run(f"ip link set {interface(address)} {'down' if off else 'up'}")

    def remove(self, address: str) -> None:
        """End a machine's network; another machine may get the address then."""
        if address in self._machines:
            # with the namespace, the kernel would remove it some time later; there is none if its creation failed
            with suppress(PophubError):
                self.router.run(f"ip link del {interface(address)}")
            self._machines.pop(address).stop()

    def _start_dns(self, names: Mapping[str, str], zones: Mapping[str, str]) -> None:
        """Start DHCP and DNS."""
        ours = [f"--address=/{name}/{address}" for name, address in names.items()]
        ours += [f"--server=/{zone}/{address}" for zone, address in zones.items()]
        ours += [f"--dhcp-host={imds.mac(address)},{address}" for address in (MACHINE, *WORKERS)]
        command = (
            "dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --bind-interfaces --user=root "
            f"--server={SLIRP_DNS} --listen-address={ROUTER},{RESOLVER} --pid-file= --interface=rt0 "
            # the only one here: else a machine that boots again asks 5 s in vain for the address that it had
            "--dhcp-range=10.20.0.0,static,1h --dhcp-authoritative "
            f"--dhcp-option=option:dns-server,{ROUTER} --dhcp-leasefile={self._folder}/leases"
        ).split()
        self._run("dns", self.router.command(*command, *ours))

    def _run(self, name: str, command: list[str]) -> None:
        log = self._folder / f"{name}.log"
        # so that our own modules are found from any current folder
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._running.append(ChildProcess(command, log=log, folder=self._folder, environment=environment))

    def stop(self) -> None:
        """End everything."""
        while self._running:
            self._running.pop().stop()
        for address in list(self._machines):
            self.remove(address)
        self.router.stop()
