"""`pophub deploy` as a shell sees it, with a Terraform that only notes what it is asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pophub.aws.client import Aws
from pophub.core.contract import HUB_ROLE, ROLE_TAG
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.cli.cli import app
from pophub.organizer.cli.environment import Environment
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.deploy.terraform.changes import Changes
from pophub.organizer.doctor import Colour, Finding
from pophub.organizer.outcome import Outcome
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT

SECRET = "the-secret"


class FakeApp:
    """Stands in for TerraformApp."""

    folder = ROOT

    def __init__(self, variables: dict[str, str], error: BaseException | None) -> None:
        self.variables, self.asked, self._error = variables, "", error

    def deploy(self, stack: str) -> None:
        self.asked = f"deploy {stack}"
        if self._error:
            raise self._error

    def deployment(self, event: str) -> Deployment:
        return Deployment.model_construct(event=event, hub_url="https://hub.example.org", instance_id="i-1",
                                          public_ip="192.0.2.1", region="us-west-2")  # fmt: skip

    def preview_deploy(self, stack: str) -> Changes:
        self.asked = f"preview {stack}"
        return Changes({}, str, Path("a.log"))


class Empty(Aws):
    """An AWS in which nothing was ever deployed, and perhaps a hub's machine runs."""

    def __init__(self, machines: list[dict[str, Any]]) -> None:
        super().__init__()
        self._machines = machines

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        return {"Account": "123456789012", "Parameters": [], "CostAllocationTags": []}

    def pages(self, service: str, region: str, operation: str, entries: str, **arguments: Any) -> Iterator[Any]:
        wanted = {it["Name"]: it["Values"] for it in arguments.get("Filters", ())}
        yield from self._machines if wanted.get(f"tag:{ROLE_TAG}") == [HUB_ROLE] else ()


@dataclass
class World:
    """What a test changes of the environment, and what was asked of Terraform."""

    machines: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    missing: PophubError | None = None
    error: BaseException | None = None
    apps: list[FakeApp] = field(default_factory=list)

    def run(self, *arguments: str, answer: str = ""):
        environment = Environment(
            lambda: Empty(self.machines), self._app, self._require_tools, lambda case: self.findings, self._wait
        )
        return CliRunner().invoke(app, ["deploy", *arguments], input=answer, obj=environment)

    def _app(self, variables: dict[str, str], talk: object) -> Any:
        self.apps.append(FakeApp(variables, self.error))
        return self.apps[-1]

    def _require_tools(self) -> None:
        if self.missing:
            raise self.missing

    def _wait(self, outcome: Outcome, *_: object) -> Outcome:
        return Outcome({**outcome.facts, "ready": True}, f"ready\n{outcome.text}")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    # in the far future, so that the event is not past in any year of these tests
    (tmp_path / "geo-hackweek.yaml").write_text(EXAMPLE_EVENT.read_text().replace("2027-03", "2190-03"))
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    monkeypatch.setenv("GITHUB_CLIENT_ID", "Iv1.id")
    monkeypatch.setenv("GITHUB_CLIENT_SECRET", SECRET)
    return World()


@pytest.fixture
def _a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pophub.organizer.cli.terminal.require_answer", lambda remedy: None)


def test_with_yes_it_deploys_and_says_where_the_hub_is(world: World) -> None:
    ran = world.run("geo-hackweek", "--yes")
    [app] = world.apps

    assert (ran.exit_code, app.asked) == (0, "deploy geo-hackweek")
    assert ran.stdout.startswith("ready\ngeo-hackweek is deployed: https://hub.example.org")
    assert "USD while the machine runs" in ran.stderr


def test_the_secrets_go_through_the_environment_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = world.run("geo-hackweek", "--yes", "--json")
    [app] = world.apps

    assert app.variables["TF_VAR_github_client_secret"] == SECRET
    assert SECRET not in ran.output
    assert not [argument for argument in sys.argv if SECRET in argument]


def test_with_no_wait_it_is_not_waited_for(world: World) -> None:
    assert world.run("geo-hackweek", "--yes", "--no-wait").stdout.startswith("geo-hackweek is deployed: ")


def test_what_is_missing_is_told_before_anything_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.missing = PophubError("Terraform is not installed", hint="install it")
    for name in ("geo-hackweek", "account"):
        ran = world.run(name, answer="y\n")

        assert (ran.exit_code, ran.stderr, world.apps) == (
            ExitCode.FIX,
            "Terraform is not installed\nhint: install it\n",
            [],
        )


def test_json_is_the_deployment_as_one_object(world: World) -> None:
    assert json.loads(world.run("geo-hackweek", "--yes", "--json").stdout)["instance_id"] == "i-1"


def test_a_dry_run_shows_the_difference_and_asks_for_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_CLIENT_SECRET")
    ran = world.run("geo-hackweek", "--dry-run")

    assert (ran.exit_code, world.apps[0].asked) == (0, "preview geo-hackweek")
    assert ran.stdout == "nothing would change\nthe whole plan: a.log\n"


def test_a_red_finding_stops_the_deploy_unless_the_organizer_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    red = Finding("machine", "vCPU quota", Colour.RED, "32 needed, 16 allowed", "ask AWS")
    world.findings = [red]
    stopped, shown, ignored = (
        world.run("geo-hackweek", *how) for how in (["--yes"], ["--dry-run"], ["--yes", "--ignore-doctor"])
    )

    assert [ran.exit_code for ran in (stopped, shown, ignored)] == [ExitCode.FIX, 0, 0]
    assert [app.asked for app in world.apps] == ["preview geo-hackweek", "deploy geo-hackweek"]
    assert "32 needed, 16 allowed" in stopped.stderr


def test_where_nobody_can_be_asked_nothing_is_done(world: World) -> None:
    ran = world.run("geo-hackweek")

    assert (ran.exit_code, world.apps) == (ExitCode.FIX, [])
    assert "this command needs a terminal to ask questions\nhint: look at it with --dry-run" in ran.stderr


@pytest.mark.usefixtures("_a_terminal")
@pytest.mark.parametrize(("answer", "made", "code"), [("y\n", 1, 0), ("n\n", 0, 1), ("\n", 0, 1)])
def test_it_deploys_only_after_a_yes(world: World, answer: str, made: int, code: int) -> None:
    ran = world.run("geo-hackweek", answer=answer)

    assert (len(world.apps), ran.exit_code) == (made, code)
    assert "Deploy geo-hackweek?" in ran.stderr


T3 = {"InstanceType": "t3.small", "State": {"Name": "running"}}


def test_a_hub_that_would_stop_for_another_machine_is_not_stopped_unasked(world: World) -> None:
    world.machines = [T3]
    refused, agreed = world.run("geo-hackweek", "--yes"), world.run("geo-hackweek", "--yes", "--while-at-work")

    assert (refused.exit_code, agreed.exit_code, len(world.apps)) == (ExitCode.FIX, 0, 1)
    assert "nothing was deployed: the hub stops for some minutes" in refused.stderr
    assert "hint: when nobody works, or with --while-at-work" in refused.stderr


@pytest.mark.usefixtures("_a_terminal")
def test_who_is_asked_hears_that_the_hub_stops_for_another_machine(world: World) -> None:
    world.machines = [T3]
    asked, shown = (world.run("geo-hackweek", *how, answer="n\n").stderr for how in ((), ("--dry-run",)))

    assert " ".join(asked.split()).partition("Deploy geo-hackweek?")[0].count("its machine, t3.small, becomes ") == 1
    assert "its machine, t3.small, becomes " in " ".join(shown.split())
    assert [app.asked for app in world.apps] == ["preview geo-hackweek"]


def test_a_missing_secret_is_found_before_anything_is_asked_or_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_CLIENT_SECRET")
    ran = world.run("geo-hackweek")

    assert (ran.exit_code, world.apps) == (ExitCode.FIX, [])
    assert ran.stderr.startswith("GITHUB_CLIENT_SECRET is not set\nhint: make an OAuth app")


def test_what_the_cloud_refuses_has_an_exit_code_of_its_own(world: World) -> None:
    world.error = PophubError("AWS does not accept the credentials", hint="check them", code=ExitCode.REFUSED)
    ran = world.run("geo-hackweek", "--yes")

    assert (ran.exit_code, ran.stdout) == (ExitCode.REFUSED, "")
    assert ran.stderr.endswith("AWS does not accept the credentials\nhint: check them\n")


def test_an_interrupt_is_no_traceback(world: World) -> None:
    world.error = KeyboardInterrupt()
    ran = world.run("geo-hackweek", "--yes")

    assert ran.exit_code == ExitCode.FIX
    assert ran.stderr.endswith("hint: the same command goes on where it stopped\n")


def test_problems_are_json_too_where_json_is_expected(world: World, tmp_path: Path) -> None:
    (tmp_path / "geo-hackweek.yaml").write_text("title: x\n")
    ran = world.run("geo-hackweek", "--yes", "--json")

    assert (ran.exit_code, world.apps) == (ExitCode.FIX, [])
    assert {problem["field"] for problem in json.loads(ran.stdout)["problems"]} >= {"region", "sessions"}


def test_the_account_needs_no_secrets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_CLIENT_SECRET")
    ran = world.run("account", "--yes")

    assert (ran.exit_code, world.apps[0].asked) == (0, "deploy account")
