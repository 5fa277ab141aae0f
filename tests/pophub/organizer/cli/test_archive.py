"""`pophub archive`, `links` and `restore` as a shell sees them, with an archive in the lab AWS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.errors import ExitCode
from pophub.hub.archive.archive import archive
from pophub.organizer.cli.cli import app
from pophub.organizer.event_context import archive_of, event_context
from tests.pophub.organizer.destroy.hub_stand_in import launch
from tests.pophub.planted import NOW, REGION, aws, lab_aws

__all__ = ["aws", "lab_aws"]


@pytest.fixture(autouse=True)
def _archived(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "homes" / "carol-2dx").mkdir(parents=True)
    (tmp_path / "homes" / "carol-2dx" / "notes").write_text("kept")
    archive(archive_of(event_context("shown", aws, region=REGION)), tmp_path / "homes", now=NOW)
    monkeypatch.chdir(tmp_path)


def _run(*arguments: str):
    return CliRunner().invoke(app, [*arguments, "--region", REGION])


def test_it_says_how_far_it_is() -> None:
    ran = _run("archive", "shown", "--show")

    assert (ran.exit_code, ran.stdout) == (
        0,
        "carol-x: 1 files, 0.0 MB packed, read back\nshown: 1 homes archived; complete, every byte read back\n",
    )
    assert json.loads(_run("archive", "shown", "--show", "--json").stdout)["complete"] is True


def test_it_writes_the_links() -> None:
    ran = _run("links", "shown", "--days", "3")

    assert (ran.exit_code, "1 links for 3 days in shown-links/links.csv" in ran.stdout) == (0, True)
    assert "carol-x,http" in Path("shown-links/links.csv").read_text()
    assert "for carol-x<" in Path("shown-links/carol-x.html").read_text()


def test_it_brings_a_home_back() -> None:
    ran = _run("restore", "shown", "carol-x", "--to", "back")

    assert (ran.exit_code, Path("back/notes").read_text()) == (0, "kept")


def test_a_home_that_is_not_there_is_told() -> None:
    ran = _run("restore", "shown", "mallory")

    assert (ran.exit_code, "archived: carol-x" in ran.stderr) == (ExitCode.FIX, True)


def test_it_has_the_machine_archive_every_home(lab_aws: LabAws) -> None:
    launch(lab_aws, "made", REGION)
    would = _run("archive", "made", "--dry-run")
    assert (would.exit_code, "would archive the homes of i-" in would.stdout) == (0, True)
    assert json.loads(_run("archive", "made", "--show", "--json").stdout)["homes"] == []

    ran = _run("archive", "made", "--json")
    told = json.loads(ran.stdout)
    assert (ran.exit_code, told["complete"], len(told["homes"])) == (0, True, 2)


def test_without_a_machine_nothing_can_be_archived() -> None:
    ran = _run("archive", "never-was")

    assert (ran.exit_code, "never-was has no machine" in ran.stderr) == (ExitCode.FIX, True)
