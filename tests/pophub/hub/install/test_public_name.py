"""Where the event's name leads, as the lab's name servers say; their answers are dnspython's."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lab.dns import LabDns
from pophub.hub.install import public_name
from pophub.hub.install.public_name import Here

EVENT = {"domain": "hub.geo.example.org", "zone": "geo.example.org"}
OWN, OTHER = "192.0.2.1", "198.51.100.7"
Machine = Callable[..., Here]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """This machine, whose zone has the server `localhost`; `answers` are what that says, one after the other."""
    monkeypatch.setattr(public_name, "EVERY_SECONDS", 0)
    servers: list[LabDns] = []

    def make(*answers: list[str], zone: str = EVENT["zone"]) -> Here:
        left = list(answers)
        domain = {"A": lambda: left.pop(0) if len(left) > 1 else left[0]}
        servers.append(LabDns({zone: {"NS": ["localhost."]}, EVENT["domain"]: domain}))
        port = int(servers[-1].server.partition(":")[2])
        return Here(lambda: "127.0.0.1", lambda: OWN, port)

    yield make
    for server in servers:
        server.stop()


def test_it_waits_until_the_name_leads_here(machine: Machine) -> None:
    assert machine([OTHER], [OTHER, "198.51.100.8"], [OWN]).await_name(EVENT, 60) == ""


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        ([OTHER], OTHER),
        # some of the world is still led elsewhere
        ([OWN, OTHER], f"{OWN} and {OTHER}"),
        ([], "no address that its name servers tell"),
    ],
)
def test_after_the_time_it_says_where_the_name_leads(machine: Machine, answers: list[str], where: str) -> None:
    said = machine(answers).await_name(EVENT, 0)

    assert said == f"hub.geo.example.org leads to {where} and not to this machine ({OWN})"


def test_servers_that_do_not_answer_tell_nothing(machine: Machine) -> None:
    assert machine([OWN], zone="other.example.org").addresses(**EVENT) == set()
    assert Here(lambda: "127.0.0.1", lambda: OWN, port=1).addresses(**EVENT) == set()


def test_long_answers_are_read_to_their_end(machine: Machine) -> None:
    many = [f"192.0.2.{number}" for number in range(1, 30)]

    assert machine(many).addresses(**EVENT) == set(many)


@pytest.mark.parametrize("rest", [b"", b"\x81\x80", b"\x81\x80\0\1\0\1\0\0\0\0\xc0\x0c", b"\x81\x80\0\0\0\1\0\0\0\0\0"])
def test_half_an_answer_or_one_that_leads_in_a_circle_is_none(rest: bytes) -> None:
    """The question's number comes back, and then nothing that can be read."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, ThreadPoolExecutor() as pool:
        server.bind(("127.0.0.1", 0))

        def answer() -> None:
            asked, whom = server.recvfrom(512)
            server.sendto(asked[:2] + rest, whom)

        answering = pool.submit(answer)
        here = Here(lambda: "127.0.0.1", lambda: OWN, server.getsockname()[1])
        assert here.addresses(**EVENT) == set()
        answering.result(5)


def test_the_machines_resolver_is_the_first(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text("# by systemd\nsearch us-west-2.compute.internal\nnameserver 127.0.0.53\nnameserver 10.0.0.2\n")

    assert public_name.first_resolver(file) == "127.0.0.53"
