"""`pophub destroy` as a shell sees it, with a cdktf that only notes what it is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.errors import ExitCode
from pophub.organizer.cli.cli import app
from pophub.organizer.cli.environment import Environment
from pophub.organizer.deploy.terraform.changes import Changes
from pophub.organizer.destroy import organizer_answers
from pophub.organizer.outcome import Outcome
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT
from tests.pophub.organizer.destroy.hub_stand_in import launch
from tests.pophub.planted import REGION, Garden, aws, lab_aws

__all__ = ["aws", "lab_aws"]


class Terraform:
    """Notes what it is asked by the command that `run` runs."""

    folder = ROOT

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, talk: object) -> Any:
        return self

    def destroy(self, stack: str) -> None:
        self.asked.append(f"destroy {stack}")

    def preview_destroy(self, stack: str) -> Changes:
        self.asked.append(f"preview {stack}")
        return Changes({}, str, Path("a.log"))

    def run(self, *arguments: str, answer: str = "") -> Any:
        here = Environment(Aws, self, lambda: None, lambda case: [], wait=lambda *_: Outcome({}, ""))
        return CliRunner().invoke(app, ["destroy", *arguments], input=answer, obj=here)


@pytest.fixture
def terraform(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terraform:
    # long past, and without secrets: a destroy needs neither date nor secret
    (tmp_path / "geo-hackweek.yaml").write_text(EXAMPLE_EVENT.read_text().replace("2027-", "2021-"))
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    return Terraform()


@pytest.fixture
def _a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(organizer_answers, "require_answer", lambda remedy: None)


def test_with_yes_a_past_event_is_destroyed_and_what_stays_is_told(terraform: Terraform) -> None:
    ran = terraform.run("geo-hackweek", "--yes")

    assert (ran.exit_code, terraform.asked) == (0, ["destroy geo-hackweek"])
    assert "a snapshot of the homes, at most 30.20 USD a month" in " ".join(ran.stderr.split())
    assert ran.stdout == f"geo-hackweek is destroyed\ngeo-hackweek in {REGION}: 0 left, $0.00 a month\n"


def test_twice_is_fine(terraform: Terraform) -> None:
    assert [terraform.run("geo-hackweek", "--yes").exit_code for _ in range(2)] == [0, 0]


@pytest.mark.usefixtures("_a_terminal")
@pytest.mark.parametrize(
    ("answer", "asked", "code"),
    [("geo-hackweek\n", ["destroy geo-hackweek"], 0), ("y\n", [], 1), ("yes\n", [], 1), ("winter-school\n", [], 1)],
)
def test_it_destroys_only_after_the_name_was_typed(
    terraform: Terraform, answer: str, asked: list[str], code: int
) -> None:
    ran = terraform.run("geo-hackweek", answer=answer)

    assert (terraform.asked, ran.exit_code) == (asked, code)
    assert "Type the event's name to destroy it:" in ran.stderr


def test_where_nobody_can_be_asked_nothing_is_done(terraform: Terraform) -> None:
    ran = terraform.run("geo-hackweek")

    assert (ran.exit_code, terraform.asked) == (ExitCode.FIX, [])
    assert "this command needs a terminal to ask questions" in ran.stderr


def test_a_dry_run_says_that_there_is_nothing_to_destroy(terraform: Terraform) -> None:
    ran = terraform.run("geo-hackweek", "--dry-run")

    assert (ran.exit_code, ran.stdout, terraform.asked) == (
        0,
        "geo-hackweek is not deployed: there is nothing to destroy\n",
        ["preview geo-hackweek"],
    )


def test_json_is_one_object(terraform: Terraform) -> None:
    told = json.loads(terraform.run("geo-hackweek", "--yes", "--json").stdout)

    assert (told["stack"], told["destroyed"], told["archived"], told["clean"]) == ("geo-hackweek", True, False, True)


def test_what_is_left_is_told_and_is_no_success(terraform: Terraform, lab_aws: LabAws) -> None:
    Garden(lab_aws, "geo-hackweek", "geo-hackweek").one("topic", 1)
    ran = terraform.run("geo-hackweek", "--yes")

    assert (ran.exit_code, "1 left" in ran.stdout) == (ExitCode.FIX, True)
    assert "goes with pophub leftovers geo-hackweek --delete" in ran.stdout
    lab_aws.client("sns", REGION).delete_topic(
        TopicArn=lab_aws.client("sns", REGION).list_topics()["Topics"][0]["TopicArn"]
    )


def test_a_home_that_is_not_archived_keeps_the_event(terraform: Terraform, lab_aws: LabAws) -> None:
    instance, root = launch(lab_aws, "geo-hackweek", REGION)
    (root / "opt/pophub/bundle/cloud-init/archive.sh").write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    ran = terraform.run("geo-hackweek", "--yes", "--while-at-work")
    assert (ran.exit_code, terraform.asked) == (ExitCode.REFUSED, [])
    assert "the hub could not be closed: broken" in ran.stderr

    assert terraform.run("geo-hackweek", "--yes", "--without-archive", "yes").exit_code == ExitCode.FIX
    assert terraform.asked == []

    # a machine that does not say who works may have people at work
    terraform.run("geo-hackweek", "--without-archive", "geo-hackweek", "--while-at-work")
    assert terraform.asked == ["destroy geo-hackweek"]
    lab_aws.client("ec2", REGION).terminate_instances(InstanceIds=[instance])


def test_an_event_that_was_never_here_is_told_as_such(terraform: Terraform) -> None:
    ran = terraform.run("no-such-event", "--yes")

    assert (ran.exit_code, terraform.asked) == (ExitCode.FIX, [])
    assert "cannot be read: No such file" in ran.stderr
    assert "terraform" not in ran.stderr


def test_the_account_is_not_destroyed(terraform: Terraform) -> None:
    ran = terraform.run("account", "--yes")

    assert (ran.exit_code, terraform.asked) == (ExitCode.FIX, [])
    assert "the account bucket is protected" in ran.stderr
