"""`pophub schema` prints the schema that is committed."""

from __future__ import annotations

from typer.testing import CliRunner

from pophub.organizer.cli.cli import app
from pophub.organizer.paths import EVENT_SCHEMA


def test_it_prints_the_committed_schema() -> None:
    ran = CliRunner().invoke(app, ["schema"])

    assert (ran.exit_code, ran.stdout) == (0, EVENT_SCHEMA.read_text())
