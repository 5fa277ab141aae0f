"""What a deployment needs is found, or its absence is told with where to get it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.deploy import toolchain
from pophub.organizer.deploy.toolchain import (
    check,
    check_node,
    check_terraform,
    cli_config,
    environment,
    find_provider_mirror,
)

PutProgram = Callable[[str, str], Path]
TERRAFORMS = {
    "1.10.5": "Terraform 1.10.5 is too old",
    "0.15.0": "Terraform 0.15.0 is too old",
}


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    (folder / toolchain.PROVIDER).mkdir(parents=True)
    return folder


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders without a mirror, and no configuration of somebody's own."""
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    return [tmp_path / "nothing"]


@pytest.mark.usefixtures("only_program")
def test_without_terraform_it_is_said_where_to_get_it() -> None:
    with pytest.raises(PophubError, match="Terraform is not installed") as refused:
        check_terraform()

    assert "https://developer.hashicorp.com/terraform/install" in refused.value.hint


@pytest.mark.parametrize(("version", "problem"), TERRAFORMS.items())
def test_a_terraform_without_write_only_arguments_is_refused(
    only_program: PutProgram, version: str, problem: str
) -> None:
    only_program("terraform", f"""echo '{{"terraform_version": "{version}"}}'""")

    with pytest.raises(PophubError, match=problem):
        check_terraform()


@pytest.mark.parametrize("version", ["1.11.0", "1.12.0-rc1", "2.0.0"])
def test_a_newer_terraform_is_fine(only_program: PutProgram, version: str) -> None:
    only_program("terraform", f"""echo '{{"terraform_version": "{version}"}}'""")

    assert check_terraform() == version


def test_terraform_is_asked_for_its_version_once(only_program: PutProgram, tmp_path: Path) -> None:
    only_program("terraform", f"""echo x >>{tmp_path}/asked; echo '{{"terraform_version": "1.12.0"}}'""")

    assert [check_terraform(), check_terraform()] == ["1.12.0", "1.12.0"]
    assert (tmp_path / "asked").read_text() == "x\n"


BROKEN = {
    "exit 1": "exit code 1",
    "echo 'no such option' >&2; echo more >&2; exit 2": "no such option",
    "echo 'Terraform v1'": "it answers 'Terraform v1'",
    "true": "it answers ''",
    "echo '{}'": "it answers '{}'",
    "echo '[]'": "it answers '[]'",
    "echo 3": "it answers '3'",
}


@pytest.mark.parametrize("script", BROKEN)
def test_a_terraform_that_does_not_say_its_version_is_told_in_its_first_words(
    only_program: PutProgram, script: str
) -> None:
    program = only_program("terraform", script)
    with pytest.raises(PophubError) as refused:
        check_terraform()

    assert refused.value.problem == f"Terraform does not run: {BROKEN[script]} ({program})"
    assert "https://developer.hashicorp.com/terraform/install" in refused.value.hint


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"#!/no/such/shell\n", "No such file or directory"), (b"\x7fELF of another processor", "Exec format error")],
)
def test_a_terraform_that_does_not_start_is_refused(only_program: PutProgram, content: bytes, said: str) -> None:
    program = only_program("terraform", "")
    program.write_bytes(content)
    with pytest.raises(PophubError) as refused:
        check_terraform()

    assert refused.value.problem == f"Terraform does not run: {said} ({program})"


def test_a_terraform_that_hangs_is_given_up(only_program: PutProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "LONGEST_SECONDS", 0.1)
    only_program("terraform", "exec /bin/sleep 60")

    with pytest.raises(PophubError, match="Terraform does not run: no answer within"):
        check_terraform()


def test_asked_for_its_version_terraform_does_not_call_home(
    only_program: PutProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHECKPOINT_DISABLE", raising=False)
    only_program("terraform", """echo "{\\"terraform_version\\": \\"1.11.$CHECKPOINT_DISABLE\\"}" """)

    assert check_terraform() == "1.11.1"


@pytest.mark.usefixtures("only_program")
def test_without_node_it_is_said_where_to_get_it() -> None:
    with pytest.raises(PophubError, match=r"Node\.js is not installed") as refused:
        check_node()

    assert "https://nodejs.org/en/download" in refused.value.hint


NODES = {
    "echo v18.20.0": "18.20.0 is too old",
    "exit 1": r"Node\.js does not run: exit code 1",
    "echo x": r"Node\.js does not run: it answers 'x'",
}


@pytest.mark.parametrize("script", NODES)
def test_a_node_in_which_the_stacks_cannot_run_is_refused(only_program: PutProgram, script: str) -> None:
    only_program("node", script)

    with pytest.raises(PophubError, match=NODES[script]):
        check_node()


@pytest.mark.parametrize("version", ["20.0.0", "24.21.0", "26.1.0"])
def test_any_newer_node_is_fine(only_program: PutProgram, version: str) -> None:
    only_program("node", f"echo v{version}")

    assert check_node() == version


def test_both_programs_are_asked_for(only_program: PutProgram) -> None:
    only_program("terraform", """echo '{"terraform_version": "1.11.0"}'""")
    with pytest.raises(PophubError, match=r"Node\.js is not installed"):
        check()

    only_program("node", "echo v22.0.0")
    check()


def test_a_mirror_of_our_provider_is_found_and_another_is_not(mirror: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    (older / "registry.terraform.io/hashicorp/aws/5.99.0").mkdir(parents=True)

    assert find_provider_mirror([tmp_path / "nothing", older, mirror]) == mirror
    assert find_provider_mirror([older]) is None


def test_a_mirror_that_terraform_has_packed_is_found_too(tmp_path: Path) -> None:
    packed = tmp_path / toolchain.PROVIDER.parent / "terraform-provider-aws_5.100.0_linux_amd64.zip"
    packed.parent.mkdir(parents=True)
    packed.touch()

    assert find_provider_mirror([tmp_path]) == tmp_path


def test_terraform_s_own_plugin_folder_is_looked_into_first(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    implied = tmp_path / ".terraform.d" / "plugins"
    implied.parent.mkdir()
    mirror.rename(implied)

    assert find_provider_mirror() == implied


def test_without_a_mirror_the_registry_is_used_as_terraform_does(tmp_path: Path, nothing: list[Path]) -> None:
    assert "TF_CLI_CONFIG_FILE" not in environment(tmp_path, nothing)


def test_a_mirror_is_written_into_a_configuration_of_our_own(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    file = Path(environment(tmp_path, [mirror])["TF_CLI_CONFIG_FILE"])

    assert file.parent == tmp_path
    assert file.read_text() == cli_config(mirror)


def test_a_configuration_that_somebody_has_set_is_respected(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.rc"
    own.touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(own))

    assert environment(tmp_path, [mirror])["TF_CLI_CONFIG_FILE"] == str(own)


def test_a_configuration_that_is_not_there_does_not_hide_the_mirror(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "gone.rc"))

    assert environment(tmp_path, [mirror])["TF_CLI_CONFIG_FILE"] == str(tmp_path / "terraform.rc")


def test_our_python_comes_first_and_nobody_calls_home(tmp_path: Path, nothing: list[Path]) -> None:
    found = environment(tmp_path, nothing)

    assert found["PATH"].endswith(os.environ["PATH"])
    assert shutil.which("python", path=found["PATH"].split(os.pathsep)[0])
    assert found["CHECKPOINT_DISABLE"] == "1"


@pytest.fixture
def _no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (toolchain.CACHE, toolchain.CACHE_FOR_A_NEW_STACK):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.mark.usefixtures("_no_cache")
def test_what_is_downloaded_is_kept_for_the_next_stack(tmp_path: Path, nothing: list[Path]) -> None:
    cache = tmp_path / "home" / ".terraform.d" / "plugin-cache"

    assert environment(tmp_path, nothing)[toolchain.CACHE] == str(cache)
    assert cache.is_dir()


@pytest.mark.usefixtures("_no_cache")
def test_a_cache_that_is_set_is_respected(tmp_path: Path, nothing: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".terraformrc").write_text('plugin_cache_dir = "/var/cache/terraform"\n')
    assert toolchain.CACHE not in environment(tmp_path, nothing)

    (tmp_path / "home" / ".terraformrc").unlink()
    monkeypatch.setenv(toolchain.CACHE, "/srv/cache")
    assert environment(tmp_path, nothing)[toolchain.CACHE] == "/srv/cache"
    assert toolchain.CACHE_FOR_A_NEW_STACK not in environment(tmp_path, nothing)


@pytest.mark.usefixtures("_no_cache")
def test_without_a_home_to_write_to_there_is_no_cache(tmp_path: Path, nothing: list[Path]) -> None:
    (tmp_path / "home").write_text("no folder")

    assert toolchain.CACHE not in environment(tmp_path, nothing)


@pytest.mark.terraform
@pytest.mark.usefixtures("_no_cache")
def test_a_second_new_stack_takes_the_provider_from_the_cache(tmp_path: Path) -> None:
    told = subprocess.run(["terraform", "version", "-json"], capture_output=True, text=True, check=True)
    packed = f"terraform-provider-aws_5.100.0_{json.loads(told.stdout)['platform']}.zip"
    (tmp_path / "mirror" / toolchain.PROVIDER.parent).mkdir(parents=True)
    with ZipFile(tmp_path / "mirror" / toolchain.PROVIDER.parent / packed, "w") as file:
        file.writestr("terraform-provider-aws_v5.100.0", "")
    (config := tmp_path / "terraform.rc").write_text(cli_config(tmp_path / "mirror"))
    needs = {"required_providers": {"aws": {"source": "aws", "version": "5.100.0"}}}
    environ = {**os.environ, "TF_CLI_CONFIG_FILE": str(config)}
    said = []
    for name in ("account", "event"):
        (folder := tmp_path / name).mkdir()
        (folder / "main.tf.json").write_text(json.dumps({"terraform": needs}))
        done = subprocess.run(
            ["terraform", "init", "-no-color"],
            cwd=folder,
            env=environ | toolchain.provider_cache(environ),
            capture_output=True,
            text=True,
            check=False,
        )
        said.append(done.stdout + done.stderr)

    assert "Installed hashicorp/aws v5.100.0" in said[0], said[0]
    assert "Using hashicorp/aws v5.100.0 from the shared cache directory" in said[1], said[1]


@pytest.mark.terraform
@pytest.mark.parametrize("name", ["plain", "with a blank and 'quotes'", 'with "quotes"', "with \\"])
def test_terraform_takes_our_provider_from_the_mirror(tmp_path: Path, name: str) -> None:
    told = subprocess.run(["terraform", "version", "-json"], capture_output=True, text=True, check=True)
    provider = (
        tmp_path / name / toolchain.PROVIDER / json.loads(told.stdout)["platform"] / "terraform-provider-aws_v5.100.0"
    )
    provider.parent.mkdir(parents=True)
    provider.touch(0o755)
    config = tmp_path / "terraform.rc"
    config.write_text(cli_config(tmp_path / name))
    needs = {"required_providers": {"aws": {"source": "aws", "version": "5.100.0"}}}
    (tmp_path / "main.tf.json").write_text(json.dumps({"terraform": needs}))
    done = subprocess.run(
        ["terraform", "init", "-no-color"],
        cwd=tmp_path,
        env={**os.environ, "TF_CLI_CONFIG_FILE": str(config)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Installed hashicorp/aws v5.100.0" in done.stdout, done.stderr
