"""Names looked up through the resolver that POPHUB_RESOLVER names: the lab's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.dns import LabDns
from pophub.organizer.outside.dns import Caa, NoAnswer, Resolver, address_of

RECORDS = {
    "example.org": {"NS": ["NS-1.Awsdns.example.", "ns-2.awsdns.example."], "CAA": ['0 issue "letsencrypt.org"']},
    "hub.example.org": {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"]},
}


@pytest.fixture(scope="module")
def resolver() -> Iterator[Resolver]:
    with LabDns(RECORDS, lame=["lost.example.org"]) as lab:
        yield Resolver.from_environment({"POPHUB_RESOLVER": lab.server})


def test_names_are_compared_in_small_letters_without_the_last_dot(resolver: Resolver) -> None:
    assert resolver.name_servers("example.org") == {"ns-1.awsdns.example", "ns-2.awsdns.example"}


def test_certificate_rules_are_those_of_one_name(resolver: Resolver) -> None:
    assert resolver.certificate_rules("example.org") == (Caa("issue", "letsencrypt.org"),)
    assert resolver.certificate_rules("hub.example.org") == ()


def test_addresses_are_of_both_families(resolver: Resolver) -> None:
    assert resolver.addresses("hub.example.org") == {"192.0.2.1", "2001:db8::1"}
    assert resolver.addresses("other.example.org") == frozenset()


@pytest.mark.parametrize("name", ["lost.example.org", "hub.nowhere"])
def test_no_answer_is_not_an_empty_one(resolver: Resolver, name: str) -> None:
    with pytest.raises(NoAnswer, match=name.rpartition(".")[2]):
        resolver.name_servers(name)


def test_where_nobody_listens_there_is_no_answer() -> None:
    with LabDns({}) as gone:
        server = gone.server

    with pytest.raises(NoAnswer):
        Resolver(server).name_servers("example.org")


def test_this_computer_finds_itself() -> None:
    assert address_of("localhost") in ("127.0.0.1", "::1")
