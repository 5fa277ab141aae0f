"""The command explains a file or what is piped into it, and says by its exit code whether there was an error."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from pophub.organizer.cli.cli import app

STALE = "Error: Saved plan is stale\n"


def test_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(STALE)
    done = CliRunner().invoke(app, ["explain", str(tmp_path / "log")])

    assert done.exit_code == 1
    assert "somebody changed the event" in done.stdout


def test_what_is_piped_in_is_explained_as_json() -> None:
    done = CliRunner().invoke(app, ["explain", "-", "--json"], input=STALE)

    assert [each["kind"] for each in json.loads(done.stdout)["explanations"]] == ["Terraform's state"]


def test_a_log_without_an_error_is_fine_and_a_missing_one_is_told() -> None:
    assert CliRunner().invoke(app, ["explain"], input="fine\n").exit_code == 0
    assert CliRunner().invoke(app, ["explain", "/nowhere"]).exit_code == 1
