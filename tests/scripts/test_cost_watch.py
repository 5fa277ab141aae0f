"""scripts/cost_watch.py as a shell sees it; its actions are those of `pophub`, and `once`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from pophub.aws.client import Aws
from pophub.core.errors import ExitCode
from pophub.organizer.paths import ROOT
from scripts import cost_watch as script
from tests.pophub.planted import aws, lab_aws

__all__ = ["aws", "lab_aws"]
EVENT = str(ROOT / "tests" / "cloud_init" / "geoweek.yaml")


def _run(*arguments: str):
    return CliRunner().invoke(script.app, [EVENT, *arguments])


@pytest.mark.parametrize("action", ["once", "status", "start", "stop"])
def test_a_hub_that_is_not_there_is_told(aws: Aws, action: str) -> None:
    ran = _run(action)

    assert (ran.exit_code, "geoweek has no machine" in ran.stderr) == (ExitCode.FIX, True)


def test_a_wish_is_shown(aws: Aws) -> None:
    ran = _run("keep", "--until", "22:00", "--dry-run", "--json")

    assert (ran.exit_code, json.loads(ran.stdout)["dry_run"]) == (0, True)
    assert "T22:00:00" in json.loads(ran.stdout)["keep_until"]


def test_a_wish_without_a_time_is_refused(aws: Aws) -> None:
    ran = _run("keep")

    assert (ran.exit_code, ran.stderr) == (
        ExitCode.FIX,
        "--until is missing\nhint: add --until, as in --until 22:00\n",
    )
