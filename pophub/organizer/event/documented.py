"""The files that are generated from the model: the JSON Schema, the documentation page, and comments in our YAML files.

`python -m pophub.organizer.event.documented` writes all of them again.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from pophub.organizer.event.account import Account
from pophub.organizer.event.checks import JsonSchema
from pophub.organizer.event.event_page import page
from pophub.organizer.event.json_schema import as_text, event_schema, schema_of
from pophub.organizer.paths import ACCOUNT_FILE, EVENT_PAGE, EVENT_SCHEMA, EXAMPLE_EVENT

COMMAND = "python -m pophub.organizer.event.documented"
WIDTH = 110
EXAMPLE_HEAD = f"""\
# yaml-language-server: $schema={EVENT_SCHEMA.name}
# An event with every key. `pophub new <event>` asks about fifteen questions and writes hub-config/events/<event>.yaml;
# a copy of this file does as well: the file's name is the event's name. docs/event-file.md has types and limits.
# `pophub check <event>` shows the machine, the schedule and the cost that follow, and lists every mistake.
"""
ACCOUNT_HEAD = """\
# What all events of one AWS account share. `pophub deploy account` makes the account bucket once: the bucket that
# outlives events, with their bundles, certificates, archives and reports.
"""


def documents() -> Mapping[Path, str]:
    """Every generated file with its text; the values of the YAML files stay as they are."""
    schema = event_schema()
    return {
        EVENT_SCHEMA: as_text(schema),
        EVENT_PAGE: page(schema),
        EXAMPLE_EVENT: commented(EXAMPLE_EVENT.read_text(encoding="utf-8"), schema, EXAMPLE_HEAD),
        ACCOUNT_FILE: commented(ACCOUNT_FILE.read_text(encoding="utf-8"), schema_of(Account), ACCOUNT_HEAD),
    }


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


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
