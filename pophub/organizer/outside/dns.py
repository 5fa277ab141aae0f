"""The domain name system: name servers, certificate rules and addresses of a name, as public DNS has them.

The resolver is this computer's own, or the one in POPHUB_RESOLVER, for example 127.0.0.1:5300.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from pophub.core.errors import ExitCode, PophubError

VARIABLE = "POPHUB_RESOLVER"
SECONDS = 6.0


class NoAnswer(PophubError):
    """No resolver answered, or the servers of the name are broken."""

    def __init__(self, name: str, why: object) -> None:
        problem = f"the domain name system gave no answer about {name}: {why}"
        super().__init__(problem, hint="is the network up?", code=ExitCode.REFUSED)


@dataclass(frozen=True, slots=True)
class Caa:
    """One rule about who may issue certificates: RFC 8659, section 4."""

    tag: str
    value: str

    @classmethod
    def from_text(cls, text: str) -> Caa:
        """A rule as zone files and Route 53 write it, for example `0 issue "letsencrypt.org"`."""
        found: Any = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.CAA, text)
        return cls(found.tag.decode().lower(), found.value.decode())


@dataclass(frozen=True, slots=True)
class Resolver:
    """`server` is an address and a port; empty means this computer's own resolver."""

    server: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Resolver:
        """The resolver in POPHUB_RESOLVER, if set."""
        return cls(environ.get(VARIABLE, ""))

    def name_servers(self, name: str) -> frozenset[str]:
        """The name servers of a zone in public DNS; empty if the name is not delegated."""
        return frozenset(str(found.target).rstrip(".").lower() for found in self._ask(name, "NS"))

    def certificate_rules(self, name: str) -> tuple[Caa, ...]:
        """The CAA records of exactly this name."""
        return tuple(Caa(found.tag.decode().lower(), found.value.decode()) for found in self._ask(name, "CAA"))

    def addresses(self, name: str) -> frozenset[str]:
        """The IPv4 and IPv6 addresses of a host; empty if it has none."""
        return frozenset(str(found.address) for kind in ("A", "AAAA") for found in self._ask(name, kind))

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            answer = self._resolver().resolve(
                dns.name.from_text(name), kind, raise_on_no_answer=False, lifetime=SECONDS
            )
        except dns.resolver.NXDOMAIN as error:
            self._require_internet(name, error)
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise NoAnswer(name, error) from error
        return list(answer.rrset or ())

    def _require_internet(self, name: str, error: Exception) -> None:
        """Raise if even the top-level domain is unknown: a resolver without network may answer that no name exists."""
        top = name.rpartition(".")[2]
        if name == top or not self.name_servers(top):
            raise NoAnswer(name, f"the resolver knows no domain .{top}") from error

    def _resolver(self) -> dns.resolver.Resolver:
        if not self.server:
            return dns.resolver.Resolver()
        host, _, port = self.server.rpartition(":")
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [host.strip("[]")], int(port)
        return resolver


def address_of(host: str) -> str:
    """One address of a host, looked up as every program of this computer does it.

    Raises:
        OSError: the host is not found.
    """
    return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
