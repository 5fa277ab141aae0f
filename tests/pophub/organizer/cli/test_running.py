"""`pophub status`, `start`, `stop` and `keep` as a shell sees them; what they do is in test_cost_watch.py beside it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.errors import ExitCode
from pophub.organizer.cli.cli import app
from pophub.organizer.paths import ROOT
from tests.pophub.organizer.destroy.hub_stand_in import launch
from tests.pophub.planted import aws, lab_aws

__all__ = ["aws", "lab_aws"]
EVENT = str(ROOT / "tests" / "cloud_init" / "geoweek.yaml")


def _run(verb: str, *options: str):
    return CliRunner().invoke(app, [verb, EVENT, *options])


@pytest.mark.parametrize("command", [["status"], ["status", "--decision"], ["start"], ["stop"]], ids=" ".join)
def test_a_hub_that_is_not_there_is_an_error(aws: Aws, command: list[str]) -> None:
    ran = _run(*command)

    assert (ran.exit_code, "geoweek has no machine" in ran.stderr) == (ExitCode.FIX, True)


def test_the_decision_of_cost_watch_is_shown_only_if_asked_for(aws: Aws, lab_aws: LabAws) -> None:
    instance, _ = launch(lab_aws, "geoweek", "us-west-2")
    decided, shown = (json.loads(_run("status", *how, "--json").stdout) for how in (["--decision"], []))
    lab_aws.client("ec2", "us-west-2").terminate_instances(InstanceIds=[instance])

    assert ("action" in decided, "action" in shown, shown["state"]) == (True, False, "running")


def test_keep_asks_for_a_time_of_the_event_s_clock(aws: Aws) -> None:
    ran = _run("keep", "--until", "22:00", "--dry-run", "--json")

    assert (ran.exit_code, json.loads(ran.stdout)["dry_run"]) == (0, True)
    assert "T22:00:00" in json.loads(ran.stdout)["keep_until"]


def test_keep_without_a_time_is_wrong_usage() -> None:
    ran = _run("keep")

    assert (ran.exit_code, "--until" in ran.stderr) == (2, True)
