"""What a bench has measured, as rows of a table. It judges nothing."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figures:
    """One table: what stands above it, its columns, and its rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def spread(seconds: list[float]) -> tuple[str, str, str]:
    """The middle one, the least, the most."""
    return f"{median(seconds):.1f}", f"{min(seconds):.1f}", f"{max(seconds):.1f}"
