"""Parse Terraform's messages, one JSON object per line, and put them into words.

https://developer.hashicorp.com/terraform/internals/v1.11.x/machine-readable-ui
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# the type of a line that is not a message, for example the last lines of a Terraform that crashed
TEXT = "text"
# an apply_start message has one of these actions; reading a data source is not among them, as it changes nothing
CHANGES = {"create": "creating", "update": "changing", "delete": "removing"}


@dataclass(frozen=True, slots=True)
class Message:
    """One line of Terraform's output; `fields` is empty if it is not a JSON object."""

    type: str
    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The address of the resource that the message is about; empty if there is none."""
        about = self.fields.get("hook") or self.fields.get("change") or {}
        return str(about.get("resource", {}).get("addr", ""))

    @property
    def action(self) -> str:
        """The action on that resource: create, update, delete, replace, read, noop; empty if there is none."""
        about = self.fields.get("hook") or self.fields.get("change") or {}
        return str(about.get("action", ""))

    @property
    def seconds(self) -> float:
        """The message's time in seconds; only differences between two messages have a meaning."""
        try:
            return datetime.fromisoformat(self.fields["@timestamp"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return 0.0


def parse(line: str) -> Message:
    """A line as a message; a line that is not a message gets the type `TEXT`."""
    try:
        fields = json.loads(line)
        return Message(str(fields["type"]), str(fields["@message"]), fields)
    except (ValueError, KeyError, TypeError):
        return Message(TEXT, line)


def as_text(message: Message) -> str:
    """The whole message for a log; a diagnostic in the form that Terraform prints without `-json`."""
    if message.type != "diagnostic":
        return message.text
    diagnostic = message.fields["diagnostic"]
    severity = str(diagnostic.get("severity", "error")).capitalize()
    lines = [f"{severity}: {diagnostic.get('summary', '')}", ""]
    if where := diagnostic.get("address"):
        lines += [f"  with {where}", ""]
    if detail := str(diagnostic.get("detail", "")).strip():
        lines += [detail, ""]
    return "\n".join(lines)


def errors_in(messages: Sequence[Message]) -> str:
    """Every error with its summary, detail and address; if there is none, all lines that are not messages."""
    errors = [each for each in messages if each.type == "diagnostic" and each.fields.get("@level") == "error"]
    sentences = map(as_text, errors or [each for each in messages if each.type == TEXT])
    return "\n".join(dict.fromkeys(sentences)).strip()
