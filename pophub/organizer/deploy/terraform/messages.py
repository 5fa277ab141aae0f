"""Terraform's messages: one JSON object a line. Parsing and wording only.

https://developer.hashicorp.com/terraform/internals/v1.11.x/machine-readable-ui
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# what a line is that holds no message, such as the last words of a Terraform that crashed
TEXT = "text"
# an apply starts with each of these; reading a data source changes nothing
CHANGES = {"create": "creating", "update": "changing", "delete": "removing"}


@dataclass(frozen=True, slots=True)
class Message:
    """One line of Terraform's output; `fields` is empty if it holds no JSON object."""

    type: str
    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The resource that it speaks of, as Terraform addresses it; empty if it speaks of none."""
        about = self.fields.get("hook") or self.fields.get("change") or {}
        return str(about.get("resource", {}).get("addr", ""))

    @property
    def action(self) -> str:
        """What is done to that resource: create, update, delete, replace, read, noop; empty if nothing is."""
        about = self.fields.get("hook") or self.fields.get("change") or {}
        return str(about.get("action", ""))

    @property
    def seconds(self) -> float:
        """When it was said, on a clock that only differences are taken of."""
        try:
            return datetime.fromisoformat(self.fields["@timestamp"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return 0.0


def parse(line: str) -> Message:
    """A line as a message; one that Terraform did not mean as one becomes text."""
    try:
        fields = json.loads(line)
        return Message(str(fields["type"]), str(fields["@message"]), fields)
    except (ValueError, KeyError, TypeError):
        return Message(TEXT, line)


def as_text(message: Message) -> str:
    """The message for a log, whole: a diagnostic as Terraform prints one where it prints no JSON."""
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
    """Every error with its summary, detail and address; all that was said outside of messages if there is none."""
    errors = [each for each in messages if each.type == "diagnostic" and each.fields.get("@level") == "error"]
    said = map(as_text, errors or [each for each in messages if each.type == TEXT])
    return "\n".join(dict.fromkeys(said)).strip()
