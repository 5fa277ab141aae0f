"""What stands between Terraform and the kept AWS provider, and leaves out of its schema what no stack uses.

Terraform reads the schema in every command, which takes two seconds of processor time: it has 1,500 kinds of resources, and
the stacks have 60. All else passes unchanged. Terraform refuses a kind that is left out like one that the provider lacks.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import grpc

from lab.child import announce
from pophub.organizer.paths import ROOT

# https://github.com/hashicorp/terraform/blob/v1.11.4/docs/plugin-protocol/tfplugin5.8.proto
PROVIDER, SCHEMA = "/tfplugin5.Provider/", "/tfplugin5.Provider/GetSchema"
# the fields of the schema that map a kind to its own schema: resources, data sources, ephemeral resources
MAPS = (2, 3, 8)
IMPORT = re.compile(r"from cdktf_cdktf_provider_aws\.(?:data_aws_)?(\w+) import")
# more than a Terraform has at once
CALLS = 32
OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def used_kinds() -> frozenset[str]:
    """Terraform's names of what the stacks import."""
    texts = [file.read_text() for file in (ROOT / "stacks").glob("*.py")]
    return frozenset(f"aws_{name}" for text in texts for name in IMPORT.findall(text))


def shorten(schema: bytes, kinds: frozenset[str]) -> bytes:
    """A provider's answer without the kinds that are not named here."""
    return b"".join(
        schema[begin:end]
        for number, begin, content, end in _fields(schema)
        # the first field of a map's entry is its key
        if number not in MAPS or _first_text(schema[content:end]) in kinds
    )


def _fields(message: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Number, begin, begin of the content and end of each field: https://protobuf.dev/programming-guides/encoding/."""
    at = 0
    while at < len(message):
        begin = at
        tag, at = _varint(message, at)
        length, at = _varint(message, at)
        assert tag & 7 == 2, "every field of this message has a length"
        yield tag >> 3, begin, at, at + length
        at += length


def _first_text(entry: bytes) -> str:
    _, _, content, end = next(_fields(entry))
    return entry[content:end].decode()


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return value, at


class ShortSchema(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Passes the calls of Terraform on to the provider."""

    def __init__(self, provider: grpc.Channel) -> None:
        self._provider = provider
        self._call = cache(self._make_call)
        self._schema = cache(lambda request: shorten(self._call(SCHEMA)(request), used_kinds()))

    def service(self, details: Any) -> Any:
        """The handler of a call; None for the two streams of go-plugin, which Terraform does without."""
        if not details.method.startswith(PROVIDER):
            return None
        answer = self._schema if details.method == SCHEMA else self._call(details.method)
        return grpc.unary_unary_rpc_method_handler(lambda request, _: answer(request))

    def _make_call(self, method: str) -> Callable[[bytes], bytes]:
        return self._provider.unary_unary(method)  # type: ignore[no-any-return]


def serve(provider: str) -> None:
    """Serve until the parent process ends; `provider` is the address of its socket."""
    handler = ShortSchema(grpc.insecure_channel(provider, OPTIONS))
    server = grpc.server(ThreadPoolExecutor(CALLS), [handler], options=OPTIONS)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    announce(port)
    server.wait_for_termination()


if __name__ == "__main__":
    serve(sys.argv[1])
