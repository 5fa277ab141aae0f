"""Commands are run as they should be, their failures told, and an interrupt lets Terraform end in order.

`cdktf` and `terraform` are stand-ins that write down how they were called.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub import cdktf_app, toolchain
from pophub.cdktf_app import CdktfApp
from pophub.errors import ExitCode, PophubError

PutProgram = Callable[[str, str], Path]
MakeApp = Callable[..., CdktfApp]


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return tmp_path / "calls"


@pytest.fixture
def make_app(only_program: PutProgram, calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeApp:
    """An app in a folder, with what the two programs do after they have written down their call."""
    monkeypatch.setattr(toolchain, "find_provider_mirror", lambda: None)
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    only_program("node", "")

    def make(cdktf: str = "", terraform: str = "", **options: object) -> CdktfApp:
        note = f'echo "$(basename $0) $*" >> {calls}\n'.replace("$(basename $0)", "${0##*/}")
        version = """[ "$1" = version ] && echo '{"terraform_version": "1.11.4"}' && exit"""
        only_program("terraform", f"{version}\n{note}{terraform}")
        program = only_program("cdktf", note + cdktf)
        monkeypatch.setattr(toolchain, "NODE_BIN", program.parent)
        folder = tmp_path / "site"
        folder.mkdir()
        return CdktfApp(folder, **options)  # type: ignore[arg-type]

    return make


def initialized(app: CdktfApp, stack: str) -> None:
    (app.stacks_dir / stack / ".terraform").mkdir(parents=True)


def test_deploy_and_destroy_ask_nothing(make_app: MakeApp, calls: Path) -> None:
    app = make_app()
    app.deploy("geo")
    app.destroy("geo")

    assert calls.read_text().splitlines() == ["cdktf deploy --auto-approve geo", "cdktf destroy --auto-approve geo"]


def test_with_a_configuration_of_its_own_the_registry_is_not_asked_for_checksums(
    make_app: MakeApp, calls: Path
) -> None:
    make_app(environment={"TF_CLI_CONFIG_FILE": "somewhere"}).deploy("geo")

    assert calls.read_text() == "cdktf deploy --auto-approve --skip-provider-lock geo\n"


def test_commands_run_in_the_app_s_folder_with_its_environment(make_app: MakeApp) -> None:
    said: list[str] = []
    app = make_app('echo "in $PWD with $WORD, $TF_INPUT"', environment={"WORD": "a word"}, talk=said.append)
    app.deploy("geo")

    assert said == [f"in {app.folder} with a word, 0"]


def test_what_is_said_is_told_without_colours_and_kept_in_a_log(make_app: MakeApp) -> None:
    said: list[str] = []
    app = make_app(r"printf '\033[31mred\033[0m\n'; echo err >&2", talk=said.append)
    app.deploy("geo")

    assert said == ["red", "err"]
    assert (app.logs / "cdktf-deploy-geo.log").read_text() == "red\nerr\n"


def test_no_secret_is_an_argument(make_app: MakeApp, calls: Path) -> None:
    make_app(environment={"TF_VAR_github_client_id": "hidden"}).deploy("geo")

    assert "hidden" not in calls.read_text()


def test_a_failure_is_told_with_its_remedy_and_its_log(make_app: MakeApp, calls: Path) -> None:
    app = make_app("echo 'Error: api error ExpiredToken: it is expired'; exit 1")
    with pytest.raises(PophubError, match="cdktf deploy geo: the AWS credentials have expired") as refused:
        app.deploy("geo")

    assert str(app.logs / "cdktf-deploy-geo.log") in refused.value.hint
    assert len(calls.read_text().splitlines()) == 1


@pytest.mark.parametrize(("verb", "flags"), [("deploy", ""), ("destroy", "-destroy ")])
def test_last_words_that_cdktf_has_lost_are_asked_for_again(
    make_app: MakeApp, calls: Path, verb: str, flags: str
) -> None:
    app = make_app(
        "echo 'Invoking Terraform CLI failed with exit code 1'; exit 1",
        "echo 'Error: Resource precondition failed\nThe secret is missing: export TF_VAR_it and deploy again.'; exit 1",
    )
    initialized(app, "geo")
    with pytest.raises(PophubError, match=f"cdktf {verb} geo: not set: TF_VAR_it$"):
        getattr(app, verb)("geo")

    again = f"terraform -chdir={app.stacks_dir}/geo plan {flags}-no-color -input=false -lock=false"
    assert calls.read_text().splitlines()[1:] == [again]


def test_an_error_of_which_cdktf_has_lost_the_end_is_asked_for_again(make_app: MakeApp) -> None:
    app = make_app(
        "echo 'Error: Resource precondition failed'; echo 'Invoking Terraform CLI failed with exit code 1'; exit 1",
        "echo 'Error: Resource precondition failed\n\nThe secret is missing: export TF_VAR_it and deploy again.'; exit 1",
    )
    initialized(app, "geo")
    with pytest.raises(PophubError, match=r"cdktf deploy geo: not set: TF_VAR_it$"):
        app.deploy("geo")


def test_of_a_plan_that_finds_nothing_wrong_nothing_is_told(make_app: MakeApp) -> None:
    app = make_app("echo 'Error: a new one'; exit 1", "echo '+ prevent_destroy = true'; echo 'Plan: 1 to add.'")
    initialized(app, "geo")
    with pytest.raises(PophubError, match=r"cdktf deploy geo failed: a new one$"):
        app.deploy("geo")


def test_a_failure_before_terraform_was_set_up_asks_it_nothing(make_app: MakeApp, calls: Path) -> None:
    with pytest.raises(PophubError, match="cdktf deploy geo failed: no"):
        make_app("echo no; exit 1").deploy("geo")

    assert len(calls.read_text().splitlines()) == 1


@pytest.mark.parametrize(("code", "drifted"), [(0, False), (2, True)])
def test_terraform_s_plan_tells_whether_something_differs(make_app: MakeApp, code: int, *, drifted: bool) -> None:
    assert make_app(terraform=f"exit {code}").has_drifted("geo") is drifted


def test_a_plan_that_fails_is_no_answer(make_app: MakeApp) -> None:
    with pytest.raises(PophubError, match="terraform plan geo failed: no plan") as refused:
        make_app(terraform="echo 'Error: no plan'; exit 1").has_drifted("geo")

    assert refused.value.code == ExitCode.REFUSED


@pytest.mark.parametrize("verb", ["deploy", "has_drifted"])
def test_without_terraform_nothing_is_begun(tmp_path: Path, only_program: PutProgram, verb: str) -> None:
    only_program("node", "")

    with pytest.raises(PophubError, match="Terraform is not installed"):
        getattr(CdktfApp(tmp_path), verb)("geo")


class Impatient:
    """Hears what is said, and interrupts once, at the first line."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, line: str) -> None:
        self.heard.append(line)
        if len(self.heard) == 1:
            raise KeyboardInterrupt


PHASES = {
    "geo  aws_vpc.network (network/vpc): Refreshing state... [id=vpc-1]": (False, "interrupted: stopping"),
    "geo  aws_vpc.network (network/vpc): Creating...": (True, "interrupted: finishing what has begun"),
    "geo  aws_instance.hub (hub/instance): Modifying... [id=i-1]": (True, "interrupted: finishing what has begun"),
    "geo  aws_instance.hub (hub/instance): Destroying... [id=i-1]": (True, "interrupted: finishing what has begun"),
}


@pytest.mark.parametrize(("line", "expected"), PHASES.items(), ids=["planning", "making", "changing", "taking-away"])
def test_an_interrupt_stops_what_has_not_begun_and_lets_finish_what_has(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, line: str, expected: tuple[bool, str]
) -> None:
    asked: list[bool] = []

    def end(process: subprocess.Popen[str], *, begun: bool) -> str:
        asked.append(begun)
        assert process.stdout is not None
        return process.stdout.read()

    monkeypatch.setattr(cdktf_app, "end_in_order", end)
    impatient = Impatient()
    app = make_app(f"echo '{line}'; echo '\033[31mlast words\033[0m'", talk=impatient)
    with pytest.raises(KeyboardInterrupt):
        app.deploy("geo")

    assert (asked, impatient.heard[1]) == ([expected[0]], expected[1])
    assert (app.logs / "cdktf-deploy-geo.log").read_text() == f"{line}\nlast words\n"


def test_a_second_interrupt_is_not_heard_before_the_end(make_app: MakeApp, tmp_path: Path) -> None:
    impatient, told = Impatient(), tmp_path / "told"

    def talk(line: str) -> None:
        if impatient.heard:
            told.touch()
        impatient(line)

    # once the first one was heard, or the test itself would be interrupted
    impatience = f"until [ -e {told} ]; do sleep 0.01; done; kill -INT {os.getpid()}; kill -INT {os.getpid()}"
    app = make_app(f"echo 'x: Creating...'; {impatience}; echo state > {tmp_path}/written", talk=talk)
    with pytest.raises(KeyboardInterrupt):
        app.deploy("geo")

    assert (tmp_path / "written").read_text() == "state\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_destroy_s_preview_asks_for_a_stack_that_is_there(make_app: MakeApp, calls: Path) -> None:
    app = make_app()
    with pytest.raises(PophubError, match="there is no such stack"):
        app.destroy_diff("geo")
    initialized(app, "geo")
    app.destroy_diff("geo")

    assert [line.partition(" ")[2].partition("geo ")[2] for line in calls.read_text().splitlines()] == [
        "",
        "",
        "init -input=false",
        "plan -destroy -input=false -lock=false",
    ]
