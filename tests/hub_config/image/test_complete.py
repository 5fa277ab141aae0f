"""What an image is completed with: what it lacks, and nothing that it has."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from pophub.organizer.paths import HUB_CONFIG

LOCKED = """\
# This file was made by a machine
jupyterhub==6.1.1 \\
    --hash=sha256:aa
    # via -r requirements-server.in
nbgitpuller==1.3.0 ; python_version >= '3.9' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
tornado==6.5.2 \\
    --hash=sha256:dd
"""
Install = Callable[[dict[str, str]], str]


@pytest.fixture
def complete() -> ModuleType:
    spec = importlib.util.spec_from_file_location("complete", HUB_CONFIG / "image/complete.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def install(complete: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """What pip is given where some packages are there."""
    given: list[str] = []

    monkeypatch.setenv("PIP_CONSTRAINT", "/etc/pip/constraint.txt")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")

    def pip(command: list[str], env: dict[str, str], **_: object) -> None:
        assert {"--require-hashes", "--no-deps"} < set(command)
        # as NVIDIA's images: https://docs.nvidia.com/deeplearning/frameworks/pytorch-release-notes/
        assert "PIP_CONSTRAINT" not in env
        assert env["PIP_INDEX_URL"] == "https://mirror.example/simple"
        given.append(Path(command[-1]).read_text() or "pip had nothing to do")

    def run(there: dict[str, str]) -> str:
        def version(name: str) -> str:
            if name not in there:
                raise importlib.metadata.PackageNotFoundError(name)
            return there[name]

        monkeypatch.setattr(importlib.metadata, "version", version)
        monkeypatch.setattr(subprocess, "run", pip)
        (tmp_path / "locked.txt").write_text(LOCKED)
        complete.add_packages(tmp_path / "locked.txt")
        return "".join(given)

    return run


def test_what_is_there_stays_in_whatever_version(install: Install) -> None:
    asked = install({"jupyterhub": "6.0.0", "tornado": "5.1"})

    assert asked.startswith("nbgitpuller==1.3.0 ; python_version >= '3.9' \\\n    --hash=sha256:bb \\\n")
    assert "jupyterhub==" not in asked
    assert "tornado" not in asked


def test_a_jupyterhub_that_the_hub_cannot_talk_to_is_replaced(install: Install) -> None:
    assert "jupyterhub==6.1.1" in install({"jupyterhub": "4.1.5", "tornado": "6.1", "nbgitpuller": "1.2"})


def test_pip_has_nothing_to_do_where_nothing_is_missing(install: Install) -> None:
    assert install({"jupyterhub": "6.1.1", "tornado": "6.1", "nbgitpuller": "1.2"}) == ""


@pytest.mark.parametrize(
    ("files", "prefix", "words"),
    [
        (["EXTERNALLY-MANAGED"], "/usr", ["--break-system-packages", "--ignore-installed"]),
        (["EXTERNALLY-MANAGED"], "/opt/venv", []),
        ([], "/usr", []),
    ],
)
def test_a_python_that_its_distribution_manages_loses_nothing(
    complete: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    files: list[str],
    prefix: str,
    words: list[str],
) -> None:
    for file in files:
        (tmp_path / file).touch()
    monkeypatch.setattr(complete.sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(sys, "prefix", prefix)

    assert complete.beside_a_distribution() == words


@pytest.fixture
def account(complete: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """What becomes of an image's accounts, with /home as HOMES."""
    homes = tmp_path / "home"
    homes.mkdir()
    monkeypatch.setattr(complete, "HOME", homes / "jovyan")
    monkeypatch.setattr(complete, "ACCOUNTS", tmp_path / "passwd")
    monkeypatch.setattr(complete, "SKELETON", tmp_path / "skel")
    monkeypatch.setattr(complete, "ROOTS_HOME", tmp_path / "root")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "opt"))
    monkeypatch.setattr(os, "chown", lambda *_: None)

    def make(before: str) -> str:
        (tmp_path / "passwd").write_text(before.replace("HOMES", str(homes)))
        complete.make_account()
        return (tmp_path / "passwd").read_text().replace(str(homes), "HOMES")

    return make


ROOT = "root:x:0:0:root:/root:/bin/bash\n"


def test_an_image_without_the_account_gets_it(account: Callable[[str], str]) -> None:
    assert account(ROOT) == f"{ROOT}jovyan:x:1000:100::HOMES/jovyan:/bin/bash\n"


def test_another_account_of_this_number_lives_in_the_participants_home(
    account: Callable[[str], str], tmp_path: Path
) -> None:
    old = tmp_path / "home/rstudio"
    old.mkdir()
    (old / ".Rprofile").touch()

    assert account(f"{ROOT}rstudio:x:1000:1000:,,,:HOMES/rstudio:/bin/zsh\n") == (
        f"{ROOT}rstudio:x:1000:1000:,,,:HOMES/jovyan:/bin/zsh\n"
    )
    assert old.readlink() == tmp_path / "home/jovyan"
    assert (tmp_path / "home/rstudio.image/.Rprofile").exists()


def test_what_the_image_has_set_in_its_home_comes_into_new_homes(account: Callable[[str], str], tmp_path: Path) -> None:
    for place, content in {
        "home/rstudio/.Rprofile": "R",
        "home/jovyan/.condarc": "new",
        "skel/.condarc": "old",
    }.items():
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(content)
    (tmp_path / "home/rstudio/.python_history").touch()
    (tmp_path / "home/rstudio/notes.md").touch()
    (tmp_path / "home/rstudio/.cache").mkdir()

    account("rstudio:x:1000:1000::HOMES/rstudio:/bin/sh\n")

    found = {file.name: file.read_text() for file in (tmp_path / "skel").iterdir()}
    assert found == {".Rprofile": "R", ".condarc": "new"}


def install_kernel(home: Path, name: str, command: object) -> None:
    folder = home / ".local/share/jupyter/kernels" / name
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": command}))
    (folder / "logo.svg").write_text("<svg/>")


def test_kernels_that_the_image_has_in_its_home_are_offered(account: Callable[[str], str], tmp_path: Path) -> None:
    install_kernel(tmp_path / "home/jovyan", "hackweek", ["/srv/envs/hackweek/bin/python", "-m", "ipykernel_launcher"])
    install_kernel(tmp_path / "root", "ir", ["R", "--slave"])
    install_kernel(tmp_path / "home/jovyan", "broken", None)

    account(ROOT)

    offered = tmp_path / "opt/share/jupyter/kernels"
    assert {folder.name for folder in offered.iterdir()} == {"hackweek", "ir"}
    assert "/srv/envs/hackweek/bin/python" in (offered / "hackweek/kernel.json").read_text()
    assert (offered / "ir/logo.svg").exists()


def test_programs_that_a_participants_home_hides_are_refused(account: Callable[[str], str], tmp_path: Path) -> None:
    home = tmp_path / "home/jovyan"
    install_kernel(home, "julia-1.11", ["/opt/julia/bin/julia", f"{home}/.julia/packages/IJulia/src/kernel.jl"])
    with pytest.raises(SystemExit, match=r"its kernel julia-1\.11 runs from .*/home/jovyan"):
        account(ROOT)

    (home / ".local/lib/python3.13/site-packages/xarray-2026.10.0.dist-info").mkdir(parents=True)
    with pytest.raises(SystemExit, match=r"its packages in .*/python3\.13/site-packages cannot be seen by servers"):
        account(ROOT)


def test_a_home_that_programs_run_from_stays(
    account: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "home/mamba"
    old.mkdir()
    monkeypatch.setenv("PATH", f"/bin:{old}/env/bin")
    install_kernel(old, "hackweek", [f"{old}/env/bin/python"])

    assert "mamba:x:1000:1000::HOMES/jovyan:/bin/sh" in account("mamba:x:1000:1000::HOMES/mamba:/bin/sh\n")
    assert not old.is_symlink()
    assert (tmp_path / "opt/share/jupyter/kernels/hackweek").is_dir()


def test_the_account_that_is_as_it_should_be_stays(account: Callable[[str], str], tmp_path: Path) -> None:
    passwd = f"{ROOT}jovyan:x:1000:100::HOMES/jovyan:/bin/bash\n"

    assert account(passwd) == passwd
    assert (tmp_path / "home/jovyan").is_dir()


def test_a_python_that_only_root_can_run_is_refused(complete: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """As uv's is for root, below /root: a participant would get Debian's, without the image's packages."""

    def run(command: list[str], user: int, **_: object) -> None:
        assert user == 1000
        raise PermissionError(command[0])

    monkeypatch.setattr(complete.shutil, "which", lambda name: "/app/.venv/bin/python3")
    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(SystemExit, match=r"only root can run /app/\.venv/bin/python3: "):
        complete.main("all")


@pytest.mark.parametrize(
    ("program", "asked"), [("apk", "add --quiet --no-cache git"), ("dnf", "install --quiet --assumeyes")]
)
def test_git_comes_from_the_images_own_distribution(
    complete: ModuleType, monkeypatch: pytest.MonkeyPatch, program: str, asked: str
) -> None:
    commands: list[str] = []
    monkeypatch.setattr(complete.shutil, "which", lambda name: name == program)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: commands.append(" ".join(command)))
    monkeypatch.setattr(complete.shutil, "rmtree", lambda *_, **__: None)

    complete.install_git()

    assert [command.startswith(f"{program} {asked}") for command in commands] == [True]


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Those of JupyterLab 3 that a server reads, for the Python of these tests."""
    for place in ("jupyterhub/singleuser", "jupyterlab/labapp", "nbgitpuller/handlers"):
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).parent.joinpath("__init__.py").touch()
        (tmp_path / f"{place}.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_jupyterlab_3_is_enough(complete: ModuleType, modules: Path) -> None:
    complete.read_modules(complete.READ_AT_START)


def test_a_grammar_that_no_server_builds_is_not_built_here_either(complete: ModuleType, modules: Path) -> None:
    (modules / "rfc3987_syntax.py").write_text("raise SystemExit('built')")
    # as jsonschema does
    (modules / "jupyterlab/labapp.py").write_text("try: import rfc3987_syntax\nexcept ImportError: pass")
    complete.read_modules(complete.READ_AT_START)


def test_what_is_too_old_in_an_image_is_named(
    complete: ModuleType, modules: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (modules / "jupyterlab/labapp.py").write_text("from jupyterhub import what_is_newer")
    (modules / "pip.py").write_text(
        "print('xarray 2 requires dask, which is not installed.')\nprint('jupyterlab 4.5.1 has')"
    )
    monkeypatch.setattr(complete, "PIP", modules / "pip.py")

    with pytest.raises(subprocess.CalledProcessError):
        complete.read_modules(complete.READ_AT_START)
    assert capfd.readouterr().out.splitlines() == ["jupyterlab 4.5.1 has"]


def test_the_real_list_is_read_whole(complete: ModuleType) -> None:
    text = (HUB_CONFIG / "image/requirements-server.txt").read_text()
    entries = complete.entries(text)

    assert len(entries) > 80
    assert sum(entry.count("--hash=") for entry in entries) == text.count("--hash=")
