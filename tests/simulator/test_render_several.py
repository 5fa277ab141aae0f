"""The table and the JSON of events on workers."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from rich.console import Console

from simulator.render_several import as_json, as_text
from simulator.several import DEMAND, ONE, PACKED, PERFECT, SPOT, Run

USD = {ONE: 100, DEMAND: 50, SPOT: 20, PACKED: 40, PERFECT: 30}


@pytest.fixture
def runs() -> dict[str, tuple[Run, ...]]:
    return {"an-event": tuple(Run(way, Decimal(usd), Decimal("7.125"), 3, lost=usd) for way, usd in USD.items())}


def test_the_table_names_the_event_once_and_every_way(runs: dict[str, tuple[Run, ...]]) -> None:
    console = Console(file=io.StringIO(), width=120)
    console.print(as_text(runs))
    text = console.file.getvalue()  # type: ignore[attr-defined]

    assert text.count("an-event") == 1
    assert all(way in text for way in USD)
    assert "0.50" in text


def test_the_json_has_the_ratios_with_bounds(runs: dict[str, tuple[Run, ...]]) -> None:
    found = as_json(runs)["an-event"]

    assert (found["demand_of_one"], found["spot_of_one"], found["demand_of_packed"]) == (0.5, 0.2, 1.25)
    assert found["ways"][1]["usd"] == 50.0
