"""Where the event's name leads, by the zone's own name servers. Let's Encrypt asks them too, without a resolver's cache.

https://github.com/letsencrypt/boulder/issues/4652

Not dnspython, because this runs before the step that installs Debian's packages, also on a machine with older user data.
"""

from __future__ import annotations

import secrets
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, NamedTuple

from pophub.hub.install.aws import metadata

# https://www.rfc-editor.org/rfc/rfc1035, section 3.2.2
KINDS = {"A": 1, "NS": 2}
# a server in reach answers within milliseconds
ANSWER_SECONDS = 2
EVERY_SECONDS = 2


class Here(NamedTuple):
    """A machine, and the name servers that it reaches; `port` is theirs."""

    resolver: Callable[[], str]
    own_address: Callable[[], str]
    port: int = 53

    def await_name(self, event: Mapping[str, Any], seconds: float) -> str:
        """Wait until the event's name leads to this machine; after the given time, where it leads instead."""
        domain, end = event["domain"], time.monotonic() + seconds
        while True:
            own, seen = self.own_address(), self.addresses(domain, event["zone"])
            if seen == {own}:
                return ""
            if time.monotonic() >= end:
                there = " and ".join(sorted(seen)) or "no address that its name servers tell"
                return f"{domain} leads to {there} and not to this machine ({own})"
            time.sleep(EVERY_SECONDS)

    def addresses(self, domain: str, zone: str) -> set[str]:
        """Every address that the zone's name servers give; empty if none of them answers."""
        servers = [str(address) for name in self._ask(self.resolver(), zone, "NS") for address in _addresses(name)]
        return {address for server in servers for address in self._ask(server, domain, "A")}

    def _ask(self, server: str, name: str, kind: str) -> list[str]:
        """One server's answers; empty if it does not answer."""
        number = secrets.token_bytes(2)
        labels = b"".join(bytes([len(label)]) + label for label in name.encode("idna").split(b"."))
        question = labels + b"\0" + struct.pack(">2H", KINDS[kind], 1)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
                connection.settimeout(ANSWER_SECONDS)
                connection.connect((server, self.port))
                # one question, with recursion desired, which a name server of the zone ignores
                connection.send(number + struct.pack(">5H", 0x0100, 1, 0, 0, 0) + question)
                message = connection.recv(4096)
            return list(_values(message, kind)) if message[:2] == number else []
        except (OSError, ValueError, IndexError, struct.error):
            return []


def first_resolver(file: Path = Path("/etc/resolv.conf")) -> str:
    """The machine's resolver."""
    lines = (line.split() for line in file.read_text().splitlines())
    return next(line[1] for line in lines if line[:1] == ["nameserver"])


def _addresses(server: str) -> Iterable[str]:
    try:
        return {str(each[4][0]) for each in socket.getaddrinfo(server, None, socket.AF_INET, socket.SOCK_DGRAM)}
    except OSError:
        return ()


def _values(message: bytes, kind: str) -> Iterator[str]:
    """The records of this kind in an answer: RFC 1035, section 4.1."""
    questions, answers = struct.unpack(">2H", message[4:8])
    position = 12
    for _ in range(questions):
        position = _name(message, position)[1] + 4
    for _ in range(answers):
        position = _name(message, position)[1]
        of, _, _, length = struct.unpack(">2HIH", message[position : position + 10])
        position += 10
        if of == KINDS[kind]:
            data = message[position : position + length]
            yield str(IPv4Address(data)) if kind == "A" else _name(message, position)[0]
        position += length


def _name(message: bytes, position: int) -> tuple[str, int]:
    """A name and the position after it; a pointer leads to an earlier position: section 4.1.4."""
    labels: list[str] = []
    while length := message[position]:
        if length >= 0xC0:
            there = (length & 0x3F) << 8 | message[position + 1]
            if there >= position:
                raise ValueError("a pointer that leads nowhere")
            return ".".join([*labels, _name(message, there)[0]]), position + 2
        labels.append(message[position + 1 : position + 1 + length].decode("ascii"))
        position += 1 + length
    return ".".join(labels), position + 1


HERE = Here(first_resolver, lambda: metadata("public-ipv4"))
