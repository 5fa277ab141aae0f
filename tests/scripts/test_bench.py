"""scripts/bench.py: a table of what was measured; it judges nothing."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pophub.lab.bench import Timing
from scripts import bench as script


def test_the_figures_stand_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        script, "measure", lambda folder, talk: [Timing("synth", 5.81, 4.06), Timing("deploy", 52.4, 47)]
    )
    ran = CliRunner().invoke(script.app)

    assert ran.exit_code == 0
    assert [line.split() for line in ran.stdout.splitlines() if "│" in line] == [
        ["│", "synth", "│", "5.8", "│", "4.1", "│"],
        ["│", "deploy", "│", "52.4", "│", "47.0", "│"],
    ]
