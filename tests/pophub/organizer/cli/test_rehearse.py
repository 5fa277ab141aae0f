"""`pophub rehearse` as a shell sees it; what it does is in tests/pophub/organizer/running/test_rehearse.py."""

from __future__ import annotations

import json
import shlex

import pytest
from typer.testing import CliRunner

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.errors import ExitCode
from pophub.organizer.cli.cli import app
from pophub.organizer.paths import ROOT
from tests.pophub.organizer.destroy.hub_stand_in import launch
from tests.pophub.organizer.running.test_rehearse import FOUND, PROGRAM
from tests.pophub.planted import aws, lab_aws

__all__ = ["aws", "lab_aws"]
EVENT = str(ROOT / "tests" / "cloud_init" / "geoweek.yaml")


@pytest.mark.parametrize("people", ["0", "1001", "many"])
def test_a_wrong_number_of_people_is_wrong_usage(people: str) -> None:
    assert CliRunner().invoke(app, ["rehearse", EVENT, "--people", people]).exit_code == ExitCode.USAGE


def test_without_a_machine_nothing_is_written(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> None:
    out = tmp_path_factory.mktemp("none") / "out.json"
    ran = CliRunner().invoke(app, ["rehearse", EVENT, "--people", "2", "--out", str(out)])

    assert (ran.exit_code, "geoweek has no machine" in ran.stderr, out.exists()) == (ExitCode.FIX, True, False)


def test_the_table_is_printed_and_the_figures_are_saved(
    aws: Aws, lab_aws: LabAws, tmp_path_factory: pytest.TempPathFactory
) -> None:
    instance, root = launch(lab_aws, "geoweek", "us-west-2")
    (root / PROGRAM).write_text(f"#!/bin/sh\necho {shlex.quote(json.dumps(FOUND))}\n")
    out = tmp_path_factory.mktemp("some") / "out.json"
    command = ["rehearse", EVENT, "--people", "4", "--near-session", "--out", str(out)]
    text, data = (CliRunner().invoke(app, [*command, *how]) for how in ([], ["--json"]))
    lab_aws.client("ec2", "us-west-2").terminate_instances(InstanceIds=[instance])

    assert (text.exit_code, "what to change" in text.stdout) == (0, True)
    assert json.loads(data.stdout) == json.loads(out.read_text())
