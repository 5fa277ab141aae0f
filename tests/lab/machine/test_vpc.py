"""The lab's VPC: names, metadata and a way out in a router of its own; nothing of it is the host's."""

from __future__ import annotations

import socket
import struct
import subprocess
from collections.abc import Iterator

import pytest

from lab.machine import imds, vpc
from lab.machine.instance import ANYBODY
from lab.machine.namespaces import inside
from lab.wait import wait_until

pytestmark = pytest.mark.machine
METADATA = imds.describe(instance="i-1", region="us-west-2", role="r", keys=ANYBODY, address=vpc.MACHINE, tags={})


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[vpc.Vpc]:
    net = vpc.Vpc(tmp_path_factory.mktemp("vpc"), METADATA, "#cloud-config\n", {"s3.lab": vpc.GATEWAY})
    yield net
    net.stop()


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


def test_the_machines_network_has_one_interface_that_waits_for_its_address(net: vpc.Vpc) -> None:
    links = net.machine.run("ip -o link")
    assert imds.MAC in links
    assert "inet " not in net.machine.run("ip -o addr show eth0")


def test_the_router_has_a_way_out_and_the_host_has_no_way_in(net: vpc.Vpc) -> None:
    assert "default" in net.router.run("ip route")
    assert vpc.MACHINE not in subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout
