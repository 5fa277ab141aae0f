"""What a command has found or done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result, as data for a program and as text for a person."""

    facts: Mapping[str, Any]
    text: str
