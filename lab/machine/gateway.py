"""Two entrances between the lab's VPC and this computer: TLS for the machine's calls to AWS, a proxy for its participants.

It runs in this computer's network and opens single sockets in the VPC's router. It reads no content of a request,
except a proxy request's first line.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dns.message
import dns.query

from lab.child import announce
from lab.machine import acme, name_server
from lab.machine.namespaces import inside, socket_in

CHUNK_BYTES = 1 << 16
# for connections within one computer; if packets are dropped, the answer is 502 after this time
CONNECT_SECONDS = 3
# the path of Let's Encrypt's directory, and that of pebble
ACME_DIRECTORY = (b"GET /directory HTTP/", b"GET /dir HTTP/")
Side = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Gateway:
    """`backends`: host name → port of 127.0.0.1; `names`: host name → address in the VPC, for participants.

    A name without an address is asked of the lab's Route 53 each time.
    """

    def __init__(self, router: str, backends: Mapping[str, int], names: Mapping[str, str]) -> None:
        self._router, self._backends, self._names = router, backends, names

    async def serve(self, address: str, certificate: str, key: str, neighbour: str) -> None:
        """Serve until the parent process ends; `neighbour` is the address of a machine that only answers hello."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
        context.sni_callback = _remember_name
        with inside(self._router):
            door = socket.create_server((address, 443))
            other = socket.create_server((neighbour, 80))
        await asyncio.start_server(_greet, sock=other)
        await asyncio.start_server(self._call, sock=door, ssl=context)
        participants = socket.create_server(("127.0.0.1", 0))
        await asyncio.start_server(self._visit, sock=participants)
        announce(participants.getsockname()[1])
        await asyncio.Event().wait()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect the machine to one of the backends."""
        name = getattr(writer.get_extra_info("ssl_object"), "asked_for", "")
        with contextlib.suppress(OSError, KeyError), contextlib.closing(writer):
            if name in acme.NAMES:
                there = await self._dial("127.0.0.1", acme.PORT, ssl=_unchecked(), server_hostname=name)
                await _join((reader, writer), there, replace=ACME_DIRECTORY)
            else:
                there = await asyncio.open_connection("127.0.0.1", self._backends[name])
                await _join((reader, writer), there)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect a participant into the VPC: by CONNECT (https://www.rfc-editor.org/rfc/rfc9110#CONNECT) or as a plain proxy."""
        with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError), contextlib.closing(writer):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
            address = urlsplit(f"//{target}" if method == "CONNECT" else target)
            name = address.hostname or ""
            try:
                place = self._names.get(name, name) or await asyncio.to_thread(self._ask, name)
                there = await self._dial(place, address.port or 80)
            except OSError as error:
                writer.write(f"HTTP/1.1 502 {error.strerror}\r\nContent-Length: 0\r\n\r\n".encode())
                return await writer.drain()
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                there[1].write(head)
            await _join((reader, writer), there)
        return None

    def _ask(self, name: str) -> str:
        with inside(self._router):
            answer = dns.query.udp(dns.message.make_query(name, "A"), name_server.ADDRESS, timeout=2 * CONNECT_SECONDS)
        return str(answer.answer[0][0])

    async def _dial(self, address: str, port: int, **tls: Any) -> Side:
        connection = socket_in(self._router)
        connection.setblocking(False)
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(connection, (address, port)), CONNECT_SECONDS)
        return await asyncio.open_connection(sock=connection, **tls)


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nhello")
        await writer.drain()


def _remember_name(connection: Any, name: str | None, context: ssl.SSLContext) -> None:
    connection.asked_for = name


def _unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def _join(one: Side, other: Side, replace: tuple[bytes, bytes] = (b"", b"")) -> None:
    """Copy data between both sides until one of them ends and the other has received everything."""
    with contextlib.closing(other[1]):
        await asyncio.gather(_carry(one[0], other[1], replace), _carry(other[0], one[1]), return_exceptions=True)


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, replace: tuple[bytes, bytes] = (b"", b"")
) -> None:
    try:
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data.replace(*replace) if replace[0] else data)
            await writer.drain()
    finally:
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()


def main(settings: dict[str, Any]) -> None:
    """Start with the settings that LabMachine wrote."""
    gateway = Gateway(settings["router"], settings["backends"], settings["names"])
    asyncio.run(gateway.serve(settings["address"], settings["certificate"], settings["key"], settings["neighbour"]))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
