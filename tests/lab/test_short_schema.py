"""Of a provider's schema Terraform gets the kinds that the stacks use, and all else as it was."""

from __future__ import annotations

import pytest

from lab.short_schema import shorten, used_kinds
from tests.stacks.synthesis import Synthesis


def field(number: int, content: bytes) -> bytes:
    length = len(content)
    # of more than 127 bytes: seven bits a byte, the lowest first
    sizes = [length] if length < 128 else [length & 127 | 128, length >> 7]
    return bytes([number << 3 | 2, *sizes]) + content


def entry(kind: str, schema: bytes) -> bytes:
    return field(1, kind.encode()) + field(2, schema)


def test_kinds_of_resources_data_and_ephemeral_resources_are_left_out() -> None:
    kept = [field(number, entry("aws_vpc", b"its schema" * 20)) for number in (2, 3, 8)]
    left_out = [field(number, entry("aws_xray_group", b"its schema")) for number in (2, 3, 8)]

    assert shorten(b"".join([*left_out, *kept, *left_out]), frozenset({"aws_vpc"})) == b"".join(kept)


def test_the_provider_s_own_schema_its_functions_and_its_abilities_stay() -> None:
    others = [field(1, b"\x0a\x00"), field(6, b"\x08\x01"), field(7, entry("arn_parse", b"its signature"))]

    assert shorten(b"".join(others), frozenset()) == b"".join(others)


@pytest.mark.synth
def test_the_kinds_of_every_stack_are_used(synth: Synthesis) -> None:
    documents = [stack.document for stack in synth.stacks.values()]
    kinds = {kind for document in documents for part in ("resource", "data") for kind in document.get(part, {})}

    assert len(kinds) > 50
    assert kinds <= used_kinds()
