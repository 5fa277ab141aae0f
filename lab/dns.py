"""A domain name system on this computer: a resolver that knows only the given records.

It answers as a recursive resolver does: NXDOMAIN for a name that does not exist, an empty answer for a type that the
name does not have (RFC 2308, section 2), SERVFAIL if the name's own servers do not answer for it (RFC 8499: a lame
delegation).
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Mapping, Sequence

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from lab.running import Running

# type → values, or what tells them at each question
Found = Mapping[str, Sequence[str] | Callable[[], Sequence[str]]]
# name → type → values, for example {"example.org": {"NS": ["ns1.example.org."], "CAA": ['0 issue "letsencrypt.org"']}}
Records = Mapping[str, Found]
# each top-level domain has name servers, because a resolver without them is taken for one without network
ROOT = {"NS": ["a.root.example."]}


class LabDns(Running):
    """A context manager; `server` is a value for POPHUB_RESOLVER, `asked` are the names that it was asked for.

    `lame`: delegated names whose servers do not answer; `at`: its address and port.
    """

    def __init__(self, records: Records, *, lame: Sequence[str] = (), at: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        known = {dns.name.from_text(name): dict(found) for name, found in records.items()}
        for name in [*known, *map(dns.name.from_text, lame)]:
            known.setdefault(dns.name.Name(name.labels[-2:]), dict(ROOT))
        self.asked: list[str] = []
        broken = [dns.name.from_text(name) for name in lame]
        handler = type("Handler", (_Handler,), {"known": known, "lame": broken, "asked": self.asked})
        self._server = socketserver.ThreadingUDPServer(at, handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.server = f"{at[0]}:{self._server.server_address[1]}"

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(socketserver.BaseRequestHandler):
    known: dict[dns.name.Name, Found]
    lame: list[dns.name.Name]
    asked: list[str]

    def handle(self) -> None:
        wire, socket = self.request
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query, recursion_available=True)
        [question] = query.question
        self.asked.append(question.name.to_text(omit_final_dot=True))
        if any(question.name.is_subdomain(name) for name in self.lame):
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif not any(name.is_subdomain(question.name) for name in self.known):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            kind = dns.rdatatype.to_text(question.rdtype)
            values = self.known.get(question.name, {}).get(kind, ())
            if values := values() if callable(values) else values:
                answer.answer.append(dns.rrset.from_text(question.name, 300, dns.rdataclass.IN, kind, *values))
        socket.sendto(answer.to_wire(), self.client_address)
