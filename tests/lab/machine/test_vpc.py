"""The lab's VPC: names, metadata and a way out in a router of its own; nothing of it is the host's."""

from __future__ import annotations

import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lab.machine import imds, vpc
from lab.machine.instance import ANYBODY
from lab.machine.namespaces import Namespace, inside
from lab.wait import wait_until

pytestmark = pytest.mark.machine
WORKER = vpc.WORKERS[0]


def metadata(address: str) -> dict[str, Any]:
    return imds.describe(instance="i-1", region="us-west-2", role="r", keys=ANYBODY, address=address, tags={})


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[vpc.Vpc]:
    net = vpc.Vpc(tmp_path_factory.mktemp("vpc"), {"s3.lab": vpc.GATEWAY})
    yield net
    net.stop()


@pytest.fixture(scope="module")
def hub(net: vpc.Vpc) -> Namespace:
    return net.add(metadata(vpc.MACHINE), "#cloud-config\n")


@pytest.fixture(scope="module")
def worker(net: vpc.Vpc, hub: Namespace) -> Namespace:
    """A worker beside the hub, both with their addresses."""
    worker = net.add(metadata(WORKER), "#cloud-config\n")
    for machine, address in ((hub, vpc.MACHINE), (worker, WORKER)):
        machine.run(f"ip addr add {address}/24 dev eth0")
        machine.run("ip link set eth0 up")
    return worker


def answers(machine: Namespace, address: str, port: int) -> bool:
    """Whether a port of another machine takes a connection."""
    line = ["timeout", "2", "bash", "-c", f"exec 3<>/dev/tcp/{address}/{port}"]
    return subprocess.run(machine.command(*line), capture_output=True, check=False).returncode == 0


@contextmanager
def listening(machine: Namespace, address: str, port: int) -> Iterator[None]:
    with inside(machine.path):
        door = socket.create_server((address, port))
    with door:
        yield


def address_of(name: str, net: vpc.Vpc) -> str | None:
    """What the router's name server says: https://www.rfc-editor.org/rfc/rfc1035#section-4.1"""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
    with inside(net.router.path):
        asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with asking:
        asking.settimeout(1)
        asking.sendto(question, (vpc.RESOLVER, 53))
        try:
            return socket.inet_ntoa(asking.recv(512)[-4:])
        except OSError:
            return None


def test_its_names_are_the_routers(net: vpc.Vpc) -> None:
    assert wait_until(lambda: address_of("s3.lab", net), 20, "the name server answers") == vpc.GATEWAY


def test_the_metadata_service_asks_for_a_token(net: vpc.Vpc) -> None:
    # the service may not listen yet
    curl = "curl -s --retry 10 --retry-delay 1 --retry-connrefused -o /dev/null -w %{http_code}"
    assert net.router.run(f"{curl} http://{imds.ADDRESS}/latest/meta-data/instance-id") == "401"
    assert (
        net.router.run(
            f"{curl} -X PUT -H X-aws-ec2-metadata-token-ttl-seconds:60 http://{imds.ADDRESS}/latest/api/token"
        )
        == "200"
    )


def test_a_machines_network_has_one_interface_that_waits_for_its_address(net: vpc.Vpc, hub: Namespace) -> None:
    links = hub.run("ip -o link")
    assert imds.MAC in links
    assert "inet " not in hub.run("ip -o addr show eth0")


@pytest.mark.parametrize(
    ("port", "takers"),
    [
        (443, "hub"),
        (2377, "hub"),
        (2049, "hub"),
        (22, ""),
        (7946, ""),
        (32768, "worker"),
        (60999, "worker"),
        (61000, ""),
    ],
)
def test_between_machines_the_security_groups_decide(
    net: vpc.Vpc, hub: Namespace, worker: Namespace, port: int, takers: str
) -> None:
    with listening(hub, vpc.MACHINE, port), listening(worker, WORKER, port):
        assert answers(net.router, vpc.MACHINE, port)
        assert answers(net.router, WORKER, port)
        assert answers(worker, vpc.MACHINE, port) == (takers == "hub")
        assert answers(hub, WORKER, port) == (takers == "worker")


def test_a_machine_without_its_wire_reaches_nobody(net: vpc.Vpc, hub: Namespace, worker: Namespace) -> None:
    with listening(hub, vpc.MACHINE, 443):
        net.cut(WORKER)
        assert not answers(worker, vpc.MACHINE, 443)
        net.cut(WORKER, off=False)
        wait_until(lambda: answers(worker, vpc.MACHINE, 443), 10, "its wire is back")


def test_the_router_has_a_way_out_and_the_host_has_no_way_in(net: vpc.Vpc) -> None:
    assert "default" in net.router.run("ip route")
    assert vpc.MACHINE not in subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout


def test_an_address_is_free_for_the_next_machine_at_once(net: vpc.Vpc, hub: Namespace) -> None:
    other = vpc.WORKERS[1]
    first = net.add(metadata(other), "#cloud-config\n")
    # as long as somebody holds its network, the kernel keeps it
    with Path(first.path).open():
        net.remove(other)
        net.add(metadata(other), "#cloud-config\n").run(f"ip addr add {other}/24 dev eth0")
    net.remove(other)
