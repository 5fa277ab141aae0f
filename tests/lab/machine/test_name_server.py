"""The lab's Route 53: where the event's name leads."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import pytest

from lab.machine.name_server import ADDRESS, NAME, NameServer
from lab.machine.namespaces import Namespace, inside

pytestmark = pytest.mark.machine
HERE, OTHERWISE = "127.0.0.1", "10.20.0.2"


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Namespace]:
    namespace = Namespace("router", tmp_path)
    namespace.run("ip link set lo up")
    namespace.run(f"ip addr add {ADDRESS}/32 dev lo")
    yield namespace
    namespace.stop()


def ask(router: Namespace, name: str, kind: str = "A") -> list[str]:
    with inside(router.path):
        answer = dns.query.udp(dns.message.make_query(name, kind), ADDRESS, timeout=5)
    return [str(value) for each in answer.answer for value in each]


@pytest.mark.parametrize("domain", ["hub.example.org", "example.org"])
def test_a_name_leads_to_the_machine_while_its_port_is_open_and_route_53_has_looked(
    router: Namespace, domain: str
) -> None:
    with NameServer(router, domain, "example.org", here=HERE, otherwise=OTHERWISE) as names:
        closed = ask(router, domain)
        with inside(router.path):
            door = socket.create_server((HERE, 443))
        with door:
            opened = ask(router, domain)
            names.hold = True
            held = ask(router, domain)
        assert ask(router, "example.org", "NS") == [f"{NAME}."]

    assert (closed, opened, held) == ([OTHERWISE], [HERE], [OTHERWISE])
