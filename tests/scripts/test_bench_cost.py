"""scripts/bench_cost.py: one small event, as a table, as JSON, as a plot."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from scripts.bench_cost import app


def test_an_event_is_replayed_and_told(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["nobody", "--json", "--svg", str(tmp_path / "plot.svg")])

    assert ran.exit_code == 0
    assert list(json.loads(ran.stdout)) == ["nobody-comes", "all"]
    assert (tmp_path / "plot.svg").read_text().startswith("<svg")


def test_without_json_there_is_a_table() -> None:
    assert "nobody-comes" in CliRunner().invoke(app, ["nobody"]).stdout


def test_an_unknown_event_is_wrong_usage() -> None:
    assert CliRunner().invoke(app, ["no such"]).exit_code == 2


def test_events_of_many_people_are_replayed_on_workers() -> None:
    ran = CliRunner().invoke(app, ["course-of-60", "--workers", "--json"])

    assert ran.exit_code == 0
    assert list(json.loads(ran.stdout)) == ["course-of-60"]
    assert "one machine" in CliRunner().invoke(app, ["course-of-60", "--workers"]).stdout
