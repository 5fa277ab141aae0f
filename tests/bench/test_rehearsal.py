"""The bench of a rehearsal: its table is the one that an organizer gets."""

from __future__ import annotations

from bench.rehearsal import figures_of
from pophub.hub.rehearsal.result import summary
from tests.pophub.hub.rehearsal.test_result import result_of


def test_the_table_has_the_figures_of_the_rehearsal() -> None:
    figures = figures_of(summary(result_of({"starts": [1, 2, 3]})))

    assert figures.rows[0] == ("people", "3 signed in 3, servers started 3")
    assert ("click to JupyterLab", "median 2.0 s, 95 of 100 within 3.0 s, the last 3.0 s") in figures.rows
