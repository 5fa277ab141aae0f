"""Events of many people, on workers beside one machine: as a table and as JSON data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from simulator.several import Run, ratios

Runs = Mapping[str, tuple[Run, ...]]
HEADS = ("USD", "of one machine", "hours", "most", "waited", "longest", "lost", "ended")


def as_text(runs: Runs) -> RenderableType:
    """Each way of each event. `waited` is minutes of persons for a worker, `longest` seconds."""
    table = Table("event", "way", title="workers beside one machine", title_justify="left")
    for head in HEADS:
        table.add_column(head, justify="right")
    for name, found in runs.items():
        one = found[0].usd
        for number, run in enumerate(found):
            counts = map(str, (run.most, run.waited, run.longest_wait, run.lost, run.ended_under_use))
            table.add_row(
                "" if number else name, run.way, f"{run.usd:.0f}", f"{run.usd / one:.2f}", f"{run.hours:.0f}", *counts
            )
        table.add_section()
    return table


def as_json(runs: Runs) -> dict[str, Any]:
    """Every way of every event, and the three ratios that have bounds."""
    return {
        name: dict(zip(("demand_of_one", "spot_of_one", "demand_of_packed"), ratios(found), strict=True))
        | {"ways": [_plain(run) for run in found]}
        for name, found in runs.items()
    }


def _plain(run: Run) -> dict[str, Any]:
    return {key: float(round(value, 2)) if isinstance(value, Decimal) else value for key, value in asdict(run).items()}
