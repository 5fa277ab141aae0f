"""`pophub deploy` as a shell sees it, with a Terraform that only notes what it is asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pophub.aws.cost_tag import CostTag, TagState
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.cli.cli import app
from pophub.organizer.deploy.deploy import Outcome
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.deploy.terraform.changes import Changes
from pophub.organizer.doctor import Colour, Finding
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT

SECRET = "the-secret"


class FakeApp:
    """Stands in for TerraformApp."""

    made: list[FakeApp]
    error: BaseException | None = None

    def __init__(self, folder: Path, environment: dict[str, str], talk: object) -> None:
        self.folder, self.environment, self.asked = folder, environment, ""
        self.stacks_dir = folder / "cdktf.out" / "stacks"
        FakeApp.made.append(self)

    def deploy(self, stack: str) -> None:
        self.asked = f"deploy {stack}"
        if FakeApp.error:
            raise FakeApp.error

    def preview_deploy(self, stack: str) -> Changes:
        self.asked = f"preview {stack}"
        return Changes({}, str, Path("a.log"))


def _waited(outcome: Outcome) -> Outcome:
    return Outcome({**outcome.facts, "ready": True}, f"ready\n{outcome.text}")


@pytest.fixture(autouse=True)
def _no_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeApp, "made", [], raising=False)
    monkeypatch.setattr(FakeApp, "error", None)
    monkeypatch.setattr("pophub.organizer.deploy.deploy.TerraformApp", FakeApp)
    made = Deployment.model_construct(event="geo-hackweek", hub_url="https://hub.example.org", instance_id="i-1",
                                      public_ip="192.0.2.1", region="us-west-2")  # fmt: skip
    monkeypatch.setattr("pophub.organizer.deploy.deploy.read_deployment", lambda event, folder: made)
    monkeypatch.setattr("pophub.organizer.deploy.deploy.require_means", lambda aws: None)
    monkeypatch.setattr("pophub.organizer.deploy.pinned.Pins.read", lambda pins, event: None)
    monkeypatch.setattr(
        "pophub.organizer.deploy.wait_for_hub.wait", lambda outcome, aws, environ, progress: _waited(outcome)
    )
    monkeypatch.setattr("pophub.organizer.deploy.parameters.secrets_version", lambda *_: 3)
    for call in ("activate_cost_tag", "read_cost_tag"):
        monkeypatch.setattr(f"pophub.organizer.deploy.deploy.{call}", lambda aws, now: CostTag(TagState.ACTIVE, now))
    monkeypatch.setattr("pophub.organizer.deploy.resize.hub_instance", lambda aws, region, event: None)
    monkeypatch.setattr("pophub.organizer.doctor.first.examine", lambda case: [])
    # in the far future, so that the event is not past in any year of these tests
    (tmp_path / "geo-hackweek.yaml").write_text(EXAMPLE_EVENT.read_text().replace("2027-03", "2190-03"))
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    monkeypatch.setenv("GITHUB_CLIENT_ID", "Iv1.id")
    monkeypatch.setenv("GITHUB_CLIENT_SECRET", SECRET)


@pytest.fixture
def _a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pophub.organizer.cli.terminal.require_answer", lambda remedy: None)


def _run(*arguments: str, answer: str = ""):
    return CliRunner().invoke(app, ["deploy", *arguments], input=answer)


def test_with_yes_it_deploys_from_this_checkout_and_says_where_the_hub_is() -> None:
    ran = _run("geo-hackweek", "--yes")
    [app] = FakeApp.made

    assert (ran.exit_code, app.folder, app.asked) == (0, ROOT, "deploy geo-hackweek")
    assert ran.stdout.startswith("ready\ngeo-hackweek is deployed: https://hub.example.org")
    assert "USD while the machine runs" in ran.stderr


def test_the_secrets_go_through_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = _run("geo-hackweek", "--yes", "--json")
    [app] = FakeApp.made

    assert app.environment["TF_VAR_github_client_secret"] == SECRET
    assert SECRET not in ran.output
    assert not [argument for argument in sys.argv if SECRET in argument]


def test_with_no_wait_it_is_not_waited_for() -> None:
    assert _run("geo-hackweek", "--yes", "--no-wait").stdout.startswith("geo-hackweek is deployed: ")


def test_what_is_missing_is_told_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(aws: object) -> None:
        raise PophubError("Terraform is not installed", hint="install it")

    monkeypatch.setattr("pophub.organizer.deploy.deploy.require_means", missing)
    for name in ("geo-hackweek", "account"):
        ran = _run(name, answer="y\n")

        assert (ran.exit_code, ran.stderr, FakeApp.made) == (
            ExitCode.FIX,
            "Terraform is not installed\nhint: install it\n",
            [],
        )


def test_json_is_the_deployment_as_one_object() -> None:
    assert json.loads(_run("geo-hackweek", "--yes", "--json").stdout)["instance_id"] == "i-1"


def test_a_dry_run_shows_the_difference_and_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_CLIENT_SECRET")
    ran = _run("geo-hackweek", "--dry-run")

    assert (ran.exit_code, FakeApp.made[0].asked) == (0, "preview geo-hackweek")
    assert ran.stdout == "nothing would change\nthe whole plan: a.log\n"


def test_a_red_finding_stops_the_deploy_unless_the_organizer_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    red = Finding("machine", "vCPU quota", Colour.RED, "32 needed, 16 allowed", "ask AWS")
    monkeypatch.setattr("pophub.organizer.doctor.first.examine", lambda case: [red])
    stopped, shown, ignored = (
        _run("geo-hackweek", *how) for how in (["--yes"], ["--dry-run"], ["--yes", "--ignore-doctor"])
    )

    assert [ran.exit_code for ran in (stopped, shown, ignored)] == [ExitCode.FIX, 0, 0]
    assert [app.asked for app in FakeApp.made] == ["preview geo-hackweek", "deploy geo-hackweek"]
    assert "32 needed, 16 allowed" in stopped.stderr


def test_where_nobody_can_be_asked_nothing_is_done() -> None:
    ran = _run("geo-hackweek")

    assert (ran.exit_code, FakeApp.made) == (ExitCode.FIX, [])
    assert "this command needs a terminal to ask questions\nhint: look at it with --dry-run" in ran.stderr


@pytest.mark.usefixtures("_a_terminal")
@pytest.mark.parametrize(("answer", "made", "code"), [("y\n", 1, 0), ("n\n", 0, 1), ("\n", 0, 1)])
def test_it_deploys_only_after_a_yes(answer: str, made: int, code: int) -> None:
    ran = _run("geo-hackweek", answer=answer)

    assert (len(FakeApp.made), ran.exit_code) == (made, code)
    assert "Deploy geo-hackweek?" in ran.stderr


@pytest.fixture
def _another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    running = {"InstanceType": "t3.small", "State": {"Name": "running"}}
    monkeypatch.setattr("pophub.organizer.deploy.parameters.secrets_version", lambda *_: 3)
    for call in ("activate_cost_tag", "read_cost_tag"):
        monkeypatch.setattr(f"pophub.organizer.deploy.deploy.{call}", lambda aws, now: CostTag(TagState.ACTIVE, now))
    monkeypatch.setattr("pophub.organizer.deploy.resize.hub_instance", lambda aws, region, event: running)


@pytest.mark.usefixtures("_another_machine")
def test_a_hub_that_would_stop_for_another_machine_is_not_stopped_unasked() -> None:
    refused, agreed = _run("geo-hackweek", "--yes"), _run("geo-hackweek", "--yes", "--while-at-work")

    assert (refused.exit_code, agreed.exit_code, len(FakeApp.made)) == (ExitCode.FIX, 0, 1)
    assert "nothing was deployed: the hub stops for some minutes" in refused.stderr
    assert "hint: when nobody works, or with --while-at-work" in refused.stderr


@pytest.mark.usefixtures("_another_machine", "_a_terminal")
def test_who_is_asked_hears_that_the_hub_stops_for_another_machine() -> None:
    asked, shown = (_run("geo-hackweek", *how, answer="n\n").stderr for how in ((), ("--dry-run",)))

    assert " ".join(asked.split()).partition("Deploy geo-hackweek?")[0].count("its machine, t3.small, becomes ") == 1
    assert "its machine, t3.small, becomes " in " ".join(shown.split())
    assert [app.asked for app in FakeApp.made] == ["preview geo-hackweek"]


def test_a_missing_secret_is_found_before_anything_is_asked_or_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_CLIENT_SECRET")
    ran = _run("geo-hackweek")

    assert (ran.exit_code, FakeApp.made) == (ExitCode.FIX, [])
    assert ran.stderr.startswith("GITHUB_CLIENT_SECRET is not set\nhint: make an OAuth app")


def test_what_the_cloud_refuses_has_an_exit_code_of_its_own() -> None:
    FakeApp.error = PophubError("AWS does not accept the credentials", hint="check them", code=ExitCode.REFUSED)
    ran = _run("geo-hackweek", "--yes")

    assert (ran.exit_code, ran.stdout) == (ExitCode.REFUSED, "")
    assert ran.stderr.endswith("AWS does not accept the credentials\nhint: check them\n")


def test_an_interrupt_is_no_traceback() -> None:
    FakeApp.error = KeyboardInterrupt()
    ran = _run("geo-hackweek", "--yes")

    assert ran.exit_code == ExitCode.FIX
    assert ran.stderr.endswith("hint: the same command goes on where it stopped\n")


def test_problems_are_json_too_where_json_is_expected(tmp_path: Path) -> None:
    (tmp_path / "geo-hackweek.yaml").write_text("title: x\n")
    ran = _run("geo-hackweek", "--yes", "--json")

    assert (ran.exit_code, FakeApp.made) == (ExitCode.FIX, [])
    assert {problem["field"] for problem in json.loads(ran.stdout)["problems"]} >= {"region", "sessions"}


def test_the_account_needs_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_CLIENT_SECRET")
    ran = _run("account", "--yes")

    assert (ran.exit_code, FakeApp.made[0].asked) == (0, "deploy account")
