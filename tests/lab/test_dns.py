"""The lab's domain name system answers as a recursive resolver does; another library asks it."""

from __future__ import annotations

from collections.abc import Iterator

import dns.message
import dns.query
import dns.rcode
import pytest

from lab.dns import LabDns


@pytest.fixture(scope="module")
def lab() -> Iterator[LabDns]:
    with LabDns({"hub.example.org": {"A": ["192.0.2.1"]}}, lame=["lost.example.org"]) as found:
        yield found


def test_an_address_can_be_another_at_each_question() -> None:
    answers = iter((["192.0.2.1"], ["192.0.2.2"]))
    with LabDns({"hub.example.org": {"A": lambda: next(answers)}}) as lab:
        host, _, port = lab.server.partition(":")
        query = dns.message.make_query("hub.example.org", "A")
        found = [dns.query.udp(query, host, port=int(port), timeout=5).answer[0] for _ in range(2)]

    assert [str(each[0]) for each in found] == ["192.0.2.1", "192.0.2.2"]


@pytest.mark.parametrize(
    ("name", "kind", "code", "answers"),
    [
        ("hub.example.org", "A", dns.rcode.NOERROR, 1),
        ("hub.example.org", "AAAA", dns.rcode.NOERROR, 0),
        ("example.org", "CAA", dns.rcode.NOERROR, 0),
        ("org", "NS", dns.rcode.NOERROR, 1),
        ("other.example.org", "A", dns.rcode.NXDOMAIN, 0),
        ("x.lost.example.org", "NS", dns.rcode.SERVFAIL, 0),
    ],
)
def test_it_answers_as_a_resolver(lab: LabDns, name: str, kind: str, code: dns.rcode.Rcode, answers: int) -> None:
    host, _, port = lab.server.partition(":")
    answer = dns.query.udp(dns.message.make_query(name, kind), host, port=int(port), timeout=5)

    assert (answer.rcode(), len(answer.answer)) == (code, answers)
