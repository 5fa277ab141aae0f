"""The bench's table, JSON and plot."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from rich.console import Console

from simulator.render import as_json, as_svg, as_text
from simulator.score import ORACLE, STRICT, Score
from simulator.ways import ALWAYS, HOURS, SCHEDULE, STOCK, UNSEEN, WATCH

USD = {WATCH: 23, UNSEEN: 22, SCHEDULE: 30, HOURS: 19, STOCK: 100, ALWAYS: 100, ORACLE: 20, STRICT: 18}


@pytest.fixture
def rows() -> dict[str, tuple[Score, ...]]:
    """Two events that cost the same."""
    scores = tuple(Score(way, Decimal(usd) / 2, Decimal(usd), by_schedule=way == HOURS) for way, usd in USD.items())
    return {"one <and> only": scores, "another": scores}


def test_the_table_has_all_ways_and_each_events_ratios(rows: dict[str, tuple[Score, ...]]) -> None:
    console = Console(file=io.StringIO(), width=120)
    console.print(as_text(rows))
    lines = [line.split("│") for line in console.file.getvalue().splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in line[1:-1]] for line in lines]

    assert ["sessions' hours only", "19", "38", "0", "0", "0", "0", "0", "2", "0"] in cells
    assert ["another", "1.15", "0.23", "0.20"] in cells
    assert ["all", "1.15", "0.23", "0.20"] in cells


def test_the_json_has_every_event_and_their_sum(rows: dict[str, tuple[Score, ...]]) -> None:
    told = json.loads(json.dumps(as_json(rows)))

    assert list(told) == ["one <and> only", "another", "all"]
    assert (told["all"]["of_oracle"], told["all"]["of_always_on"]) == (1.15, 0.23)
    assert told["all"]["ways"][0]["usd"] == 46.0


def test_the_plot_has_a_dot_for_each_event_and_way(rows: dict[str, tuple[Score, ...]]) -> None:
    drawn = ET.fromstring(as_svg(rows))
    circles = drawn.findall(".//{*}circle")

    assert len(circles) == 6 + 2 * 6
    assert "one <and> only" in [text.text for text in drawn.findall(".//{*}text")]
