"""scripts/bench.py: a table of what was measured; it judges nothing."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bench.figures import Figures
from scripts import bench as script

DEPLOYMENT = Figures(
    "the lab AWS", ("seconds", "cdktf", "plain"), (("synth", "5.8", "4.1"), ("deploy", "52.4", "47.0"))
)
MEMORY = Figures("the hub's memory", ("MB", "hub"), (("nobody", "120"),))


def rows(output: str) -> list[list[str]]:
    return [line.replace("│", " ").split() for line in output.splitlines() if "│" in line]


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"deployment": DEPLOYMENT, "memory": MEMORY}
    monkeypatch.setattr(
        script, "SUBJECTS", {name: lambda *_, name=name: [given.get(name, MEMORY)] for name in script.SUBJECTS}
    )


def test_the_figures_stand_beside_each_other() -> None:
    ran = CliRunner().invoke(script.app, ["--only", "deployment"])

    assert ran.exit_code == 0
    assert rows(ran.stdout) == [["synth", "5.8", "4.1"], ["deploy", "52.4", "47.0"]]
    assert "the lab AWS; 20" in ran.stdout


def test_without_a_wish_all_subjects_are_measured() -> None:
    ran = CliRunner().invoke(script.app)

    assert ran.exit_code == 0
    assert rows(ran.stdout) == [["synth", "5.8", "4.1"], ["deploy", "52.4", "47.0"], *[["nobody", "120"]] * 8]


def test_a_subject_that_is_none_is_told_with_those_that_are() -> None:
    ran = CliRunner().invoke(script.app, ["--only", "weather"])

    assert ran.exit_code == 2
    assert all(name in ran.output for name in ("deployment", "machine", "spawn", "memory"))
