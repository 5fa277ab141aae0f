"""Every generated file of the checkout but docs/finished-event. `make generated` writes all of them again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pophub.organizer.docs import commands_page, event_page, permissions_page, refusals_page
from pophub.organizer.event.account import Account
from pophub.organizer.event.commented import commented
from pophub.organizer.event.json_schema import as_text, event_schema, schema_of
from pophub.organizer.paths import ACCOUNT_FILE, EVENT_SCHEMA, EXAMPLE_EVENT, ROOT

DOCS = ROOT / "docs"
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
        EXAMPLE_EVENT: commented(EXAMPLE_EVENT.read_text(encoding="utf-8"), schema, EXAMPLE_HEAD),
        ACCOUNT_FILE: commented(ACCOUNT_FILE.read_text(encoding="utf-8"), schema_of(Account), ACCOUNT_HEAD),
        DOCS / "commands.md": commands_page.page(),
        DOCS / "event-file.md": event_page.page(schema),
        DOCS / "permissions.md": permissions_page.page(),
        DOCS / "refusals.md": refusals_page.page(),
    }


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
