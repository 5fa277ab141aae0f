"""The comments of our YAML files: the descriptions of the model."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from pophub.organizer.event.checks import JsonSchema

WIDTH = 110


def commented(text: str, schema: JsonSchema, head: str) -> str:
    """A YAML file with the schema's descriptions as comments, each above its key."""
    return head + "\n".join(_lines(text, schema)) + "\n"


def _lines(text: str, schema: JsonSchema) -> Iterator[str]:
    around = [schema]
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key = re.match(r"( *)(\w+):", line)
        if key:
            depth = len(key[1]) // 2
            found = around[depth]["properties"][key[2]]
            around[depth + 1 :] = [found]
            if depth == 0:
                yield ""
            yield from described(found["description"], key[1])
        yield line


def described(description: str, indent: str = "") -> list[str]:
    """A description as comment lines."""
    start = f"{indent}# "
    return textwrap.wrap(description, WIDTH, initial_indent=start, subsequent_indent=start, break_on_hyphens=False)
