"""What a figure of the report is, and how its amounts and times are written for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pophub.core.cost.money import MICROS, rounded


@dataclass(frozen=True, slots=True)
class Card:
    """One of the large figures at the top of the page, which are sorted by their place."""

    place: int
    name: str
    figure: str
    about: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What each form shows of a figure; a form shows nothing of it if its part is missing.

    `fields` are JSON's, and `of_use` those of JSON's `use`; `rows` are lines of the spreadsheet by column.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    of_use: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    text: str = ""
    rows: tuple[Mapping[str, object], ...] = ()
    card: Card | None = None


def amount(usd: Decimal | None) -> str | None:
    """An amount for a program: six places, None if it is unknown."""
    return None if usd is None else f"{rounded(usd, MICROS):f}"


def utc(moment: datetime) -> str:
    """A time for a program."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
