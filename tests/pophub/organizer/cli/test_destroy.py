"""`pophub destroy` as a shell sees it, with a cdktf that only notes what it is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.errors import ExitCode
from pophub.organizer.cli.cli import app
from pophub.organizer.deploy.terraform.changes import Changes
from pophub.organizer.destroy import organizer_answers
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT
from tests.pophub.organizer.destroy.hub_stand_in import launch
from tests.pophub.planted import REGION, Garden, aws, lab_aws

__all__ = ["aws", "lab_aws"]


class FakeApp:
    """Stands in for TerraformApp."""

    asked: list[str]

    def __init__(self, folder: Path, talk: object) -> None:
        assert folder == ROOT
        self.folder = folder

    def destroy(self, stack: str) -> None:
        FakeApp.asked.append(f"destroy {stack}")

    def preview_destroy(self, stack: str) -> Changes:
        FakeApp.asked.append(f"preview {stack}")
        return Changes({}, str, Path("a.log"))


@pytest.fixture(autouse=True)
def _no_cloud(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeApp, "asked", [], raising=False)
    monkeypatch.setattr("pophub.organizer.deploy.terraform.app.TerraformApp", FakeApp)
    monkeypatch.setattr("pophub.organizer.deploy.toolchain.check", lambda: None)
    # long past, and without secrets: a destroy needs neither date nor secret
    (tmp_path / "geo-hackweek.yaml").write_text(EXAMPLE_EVENT.read_text().replace("2027-", "2021-"))
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(organizer_answers, "require_answer", lambda remedy: None)


def _run(*arguments: str, answer: str = ""):
    return CliRunner().invoke(app, ["destroy", *arguments], input=answer)


def test_with_yes_a_past_event_is_destroyed_and_what_stays_is_told() -> None:
    ran = _run("geo-hackweek", "--yes")

    assert (ran.exit_code, FakeApp.asked) == (0, ["destroy geo-hackweek"])
    assert "a snapshot of the homes, at most 30.20 USD a month" in " ".join(ran.stderr.split())
    assert ran.stdout == f"geo-hackweek is destroyed\ngeo-hackweek in {REGION}: 0 left, $0.00 a month\n"


def test_twice_is_fine() -> None:
    assert [_run("geo-hackweek", "--yes").exit_code for _ in range(2)] == [0, 0]


@pytest.mark.usefixtures("_a_terminal")
@pytest.mark.parametrize(
    ("answer", "asked", "code"),
    [("geo-hackweek\n", ["destroy geo-hackweek"], 0), ("y\n", [], 1), ("yes\n", [], 1), ("winter-school\n", [], 1)],
)
def test_it_destroys_only_after_the_name_was_typed(answer: str, asked: list[str], code: int) -> None:
    ran = _run("geo-hackweek", answer=answer)

    assert (FakeApp.asked, ran.exit_code) == (asked, code)
    assert "Type the event's name to destroy it:" in ran.stderr


def test_where_nobody_can_be_asked_nothing_is_done() -> None:
    ran = _run("geo-hackweek")

    assert (ran.exit_code, FakeApp.asked) == (ExitCode.FIX, [])
    assert "this command needs a terminal to ask questions" in ran.stderr


def test_a_dry_run_says_that_there_is_nothing_to_destroy() -> None:
    ran = _run("geo-hackweek", "--dry-run")

    assert (ran.exit_code, ran.stdout, FakeApp.asked) == (
        0,
        "geo-hackweek is not deployed: there is nothing to destroy\n",
        ["preview geo-hackweek"],
    )


def test_json_is_one_object() -> None:
    told = json.loads(_run("geo-hackweek", "--yes", "--json").stdout)

    assert (told["stack"], told["destroyed"], told["archived"], told["clean"]) == ("geo-hackweek", True, False, True)


def test_what_is_left_is_told_and_is_no_success(lab_aws: LabAws) -> None:
    Garden(lab_aws, "geo-hackweek", "geo-hackweek").one("topic", 1)
    ran = _run("geo-hackweek", "--yes")

    assert (ran.exit_code, "1 left" in ran.stdout) == (ExitCode.FIX, True)
    assert "goes with pophub leftovers geo-hackweek --delete" in ran.stdout
    lab_aws.client("sns", REGION).delete_topic(
        TopicArn=lab_aws.client("sns", REGION).list_topics()["Topics"][0]["TopicArn"]
    )


def test_a_home_that_is_not_archived_keeps_the_event(lab_aws: LabAws) -> None:
    instance, root = launch(lab_aws, "geo-hackweek", REGION)
    (root / "opt/pophub/bundle/cloud-init/archive.sh").write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    ran = _run("geo-hackweek", "--yes", "--while-at-work")
    assert (ran.exit_code, FakeApp.asked) == (ExitCode.REFUSED, [])
    assert "the hub could not be closed: broken" in ran.stderr

    assert _run("geo-hackweek", "--yes", "--without-archive", "yes").exit_code == ExitCode.FIX
    assert FakeApp.asked == []

    # a machine that does not say who works may have people at work
    _run("geo-hackweek", "--without-archive", "geo-hackweek", "--while-at-work")
    assert FakeApp.asked == ["destroy geo-hackweek"]
    lab_aws.client("ec2", REGION).terminate_instances(InstanceIds=[instance])


def test_an_event_that_was_never_here_is_told_as_such() -> None:
    ran = _run("no-such-event", "--yes")

    assert (ran.exit_code, FakeApp.asked) == (ExitCode.FIX, [])
    assert "cannot be read: No such file" in ran.stderr
    assert "terraform" not in ran.stderr


def test_the_account_is_not_destroyed() -> None:
    ran = _run("account", "--yes")

    assert (ran.exit_code, FakeApp.asked) == (ExitCode.FIX, [])
    assert "the account bucket is protected" in ran.stderr
