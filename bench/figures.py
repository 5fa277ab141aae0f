"""The results of a bench, as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figures:
    """One table: its title, its columns, and its rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def spread(seconds: list[float]) -> tuple[str, str, str]:
    """The median, the minimum and the maximum."""
    return f"{median(seconds):.1f}", f"{min(seconds):.1f}", f"{max(seconds):.1f}"
