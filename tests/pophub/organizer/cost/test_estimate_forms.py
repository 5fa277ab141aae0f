"""The estimate as a person and as a program see it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from rich.console import Console

from pophub.organizer.cost.estimate import Estimate
from pophub.organizer.cost.estimate_forms import MEANING, as_json, as_text
from pophub.organizer.event.assumptions import Assumptions

MakeEstimate = Callable[..., Estimate]
GOLDEN = Path(__file__).with_name("example_estimate.txt")


def _text(made: Estimate, width: int = 120) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(as_text(made))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def test_the_example_reads_as_it_should(make_estimate: MakeEstimate) -> None:
    assert _text(make_estimate()) == GOLDEN.read_text()


def test_the_columns_that_are_shown_add_up(make_estimate: MakeEstimate) -> None:
    rows = re.findall(
        r"^  (?!setup|present)[a-z ]+?  +([\d.,]+) +([\d.,]+) +([\d.,]+)", _text(make_estimate(), 200), re.MULTILINE
    )
    *items, total = [[Decimal(cell.replace(",", "")) for cell in row] for row in rows]

    assert len(items) == 10
    assert [sum(column) for column in zip(*items, strict=True)] == total


def test_every_assumption_is_explained() -> None:
    assert set(MEANING) == set(Assumptions.model_fields)


def test_in_json_the_items_add_up_exactly(make_estimate: MakeEstimate) -> None:
    found = json.loads(json.dumps(as_json(make_estimate())))

    for case in found["cases"].values():
        assert sum(Decimal(item["amount"]) for item in case["items"]) == Decimal(case["total"])
    assert (found["currency"], found["prices_as_of"], found["drivers"][0]) == ("USD", "2026-10-01", "machine")
    assert found["assumptions"]["after_hours"] == ["0.25", "1"]
