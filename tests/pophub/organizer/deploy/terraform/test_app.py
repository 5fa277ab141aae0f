"""The stacks' app and Terraform are called as cdktf-cli calls them, and what they refuse is explained.

`python` and `terraform` are stand-ins that write down how they were called.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy import toolchain
from pophub.organizer.deploy.terraform.app import TerraformApp

PutProgram = Callable[[str, str], Path]
MakeApp = Callable[..., TerraformApp]
SYNTHESIZED = {"terraform": {"required_providers": {"aws": {"version": "5.100.0"}}}}


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return tmp_path / "calls"


@pytest.fixture
def make_app(only_program: PutProgram, calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeApp:
    """An app in a folder with one stack, and what the two programs do after they have written down their call."""
    monkeypatch.setattr(toolchain, "find_provider_mirror", lambda *_: None)
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    only_program("node", "echo v22.1.0")

    def make(synth: str = "", terraform: str = "", **options: object) -> TerraformApp:
        note = f'echo "${{0##*/}} $*" >> {calls}\n'
        version = """[ "$1" = version ] && echo '{"terraform_version": "1.11.4"}' && exit"""
        only_program("terraform", f"{version}\n{note}{terraform}")
        only_program("synthesize", f"{note}{synth}")
        folder = tmp_path / "site"
        stack = folder / "cdktf.out" / "stacks" / "geo"
        stack.mkdir(parents=True)
        (stack / "cdk.tf.json").write_text(json.dumps(SYNTHESIZED))
        (folder / "cdktf.out" / "manifest.json").write_text('{"stacks": {"geo": {}}}')
        (folder / "cdktf.json").write_text('{"app": "synthesize the stacks"}')
        return TerraformApp(folder, **options)  # type: ignore[arg-type]

    return make


def _error(summary: str, detail: str = "", address: str = "") -> str:
    diagnostic = {"severity": "error", "summary": summary, "detail": detail, "address": address}
    message = {"type": "diagnostic", "@level": "error", "@message": f"Error: {summary}", "diagnostic": diagnostic}
    return f"printf '%s\\n' '{json.dumps(message)}'"


def _log(app: TerraformApp) -> Path:
    [log] = app.logs.glob("*.log")
    return log


@pytest.mark.parametrize(("verb", "flag"), [("deploy", ""), ("destroy", " -destroy")])
def test_deploy_and_destroy_ask_nothing(make_app: MakeApp, calls: Path, verb: str, flag: str) -> None:
    getattr(make_app(), verb)("geo")

    assert calls.read_text().splitlines() == [
        "synthesize the stacks",
        "terraform init -json -input=false",
        f"terraform apply -json -input=false -auto-approve{flag}",
    ]


def test_a_provider_of_another_version_is_taken_in_its_place(make_app: MakeApp, calls: Path) -> None:
    app = make_app()
    (app.stacks_dir / "geo" / ".terraform.lock.hcl").write_text('version     = "5.99.0"')
    app.deploy("geo")

    assert "terraform init -json -input=false -upgrade\n" in calls.read_text()


def test_the_app_is_given_what_cdktf_gives_it_and_no_secret(make_app: MakeApp) -> None:
    app = make_app(
        'echo "$PWD $CDKTF_OUTDIR $CDKTF_CONTEXT_JSON $WORD ${TF_VAR_github_client_id:-none}"',
        environment={"WORD": "word", "TF_VAR_github_client_id": "hidden"},
    )
    app.synth()

    assert _log(app).read_text() == f'{app.folder} cdktf.out {{"cdktfRelativeModules":[]}} word none\n'


def test_terraform_runs_in_the_stack_s_folder_with_the_environment_and_the_secrets(make_app: MakeApp) -> None:
    app = make_app(terraform='echo "in $PWD with $TF_VAR_it, $TF_INPUT"', environment={"TF_VAR_it": "a word"})
    app.deploy("geo")

    assert f"in {app.stacks_dir / 'geo'} with a word, 0\n" in _log(app).read_text()


def test_no_secret_is_an_argument(make_app: MakeApp, calls: Path) -> None:
    make_app(environment={"TF_VAR_github_client_id": "hidden"}).deploy("geo")

    assert "hidden" not in calls.read_text()


def test_a_failure_is_told_whole_with_its_remedy_and_its_log(make_app: MakeApp, calls: Path) -> None:
    app = make_app(terraform=f"{_error('operation error EC2', 'api error ExpiredToken: it is expired')}\nexit 1")
    with pytest.raises(PophubError, match="deploy geo: the AWS credentials have expired") as refused:
        app.deploy("geo")

    assert str(_log(app)) in refused.value.hint
    assert len(calls.read_text().splitlines()) == 2, "what comes after the failure is not begun"


def test_all_that_is_missing_is_named_from_all_of_the_errors(make_app: MakeApp) -> None:
    errors = [_error("Resource precondition failed", f"The secret is missing: export TF_VAR_{it}") for it in "ab"]
    with pytest.raises(PophubError, match=r"deploy geo: not set: TF_VAR_a\nnot set: TF_VAR_b$"):
        make_app(terraform="\n".join([*errors, '[ "$1" = init ] || exit 1'])).deploy("geo")


def test_an_app_that_fails_has_its_own_words_told(make_app: MakeApp, calls: Path) -> None:
    with pytest.raises(PophubError, match="deploy geo failed: it is broken"):
        make_app("echo 'Error: it is broken'; exit 1").deploy("geo")

    assert calls.read_text() == "synthesize the stacks\n"


@pytest.mark.parametrize("verb", ["deploy", "destroy", "preview_deploy", "preview_destroy", "has_drifted"])
def test_a_stack_that_is_not_there_is_named_as_such(make_app: MakeApp, calls: Path, verb: str) -> None:
    with pytest.raises(PophubError, match="there is no such stack"):
        getattr(make_app(), verb)("other")

    assert not calls.exists() or "terraform" not in calls.read_text()


@pytest.mark.parametrize(("code", "drifted"), [(0, False), (2, True)])
def test_terraform_s_plan_tells_whether_something_differs(make_app: MakeApp, code: int, *, drifted: bool) -> None:
    assert make_app(terraform=f"exit {code}").has_drifted("geo") is drifted


def test_a_plan_that_fails_is_no_answer(make_app: MakeApp) -> None:
    with pytest.raises(PophubError, match="plan geo failed: no plan") as refused:
        make_app(terraform=f"{_error('no plan')}\nexit 1").has_drifted("geo")

    assert refused.value.code == ExitCode.REFUSED


@pytest.mark.parametrize(("verb", "flag"), [("preview_deploy", ""), ("preview_destroy", " -destroy")])
def test_a_preview_plans_and_shows_the_plan_both_ways(make_app: MakeApp, calls: Path, verb: str, flag: str) -> None:
    show = """case "$*" in "show -json plan") echo '{"resource_changes": []}' ;; show*) echo the plan ;; esac"""
    app = make_app(terraform=show)
    changes = getattr(app, verb)("geo")

    assert calls.read_text().splitlines()[2:] == [
        f"terraform plan -json -input=false -out=plan -lock=false{flag}",
        "terraform show -no-color plan",
        "terraform show -json plan",
    ]
    assert changes.facts["changes"] == []
    assert _log(app).read_text() == "the plan\n"
    assert changes.log == _log(app)


@pytest.mark.parametrize("verb", ["deploy", "has_drifted"])
def test_without_terraform_nothing_is_begun(tmp_path: Path, only_program: PutProgram, verb: str) -> None:
    only_program("node", "echo v22.1.0")

    with pytest.raises(PophubError, match="Terraform is not installed"):
        getattr(TerraformApp(tmp_path), verb)("geo")
