"""What a participant has installed in the home, at the server that was started there."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.venvs import ensure_venv
from pophub.organizer.event.event import Event
from pophub.organizer.paths import HUB_CONFIG
from tests.conftest import unpacked
from tests.hub_config.conftest import settings_of
from tests.hub_config.server.participant import Participant

pytestmark = pytest.mark.hub
SHADOWS = ("code", "content", "home", "json", "patches", "random", "tornado", "traitlets", "work")
EVIL = 'from pathlib import Path\nPath.home().joinpath("evil").touch()\nraise SystemExit("evil")\n'


@pytest.fixture(scope="module")
def ada(hackweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Participant]:
    """Her home has a kernel and a program of her own, and settings, extensions and modules that would end a server."""
    folder = unpacked(hackweek, tmp_path_factory.mktemp("ada"))
    home = folder / "home"
    home.mkdir()
    python = ensure_venv(HUB_CONFIG / "image" / "requirements-server.txt") / "bin" / "python"
    own = home / "mine/bin/python"
    subprocess.run([python, "-m", "venv", "--without-pip", home / "mine"], check=True)
    # as if ipykernel had been installed there
    (site_packages(own) / "all.pth").write_text(f"{site_packages(python)}\n")
    kernel = [own, "-m", "ipykernel", "install", "--user", "--name", "mine"]
    subprocess.run(kernel, env={"HOME": str(home)}, check=True)
    write(home / ".local/bin/mine", "#!/bin/sh\necho hers\n").chmod(0o755)
    for name in SHADOWS:
        write(home / f"{name}.py", EVIL)
    write(home / ".jupyter/jupyter_server_config.py", EVIL)
    write(home / f".local/lib/{site_packages(python).parent.name}/site-packages/evil.py", EVIL)
    for place in (".jupyter/jupyter_server_config.d", ".local/etc/jupyter/jupyter_server_config.d"):
        write(home / place / "evil.json", '{"ServerApp": {"jpserver_extensions": {"evil": true}}}')
    write(home / ".local/share/jupyter/labextensions/evil/package.json", '{"name": "evil", "jupyterlab": {}}')
    with pytest.MonkeyPatch.context() as patch:
        config = settings_of(folder / "hub-config", patch)
    with Participant(folder, config, python, home) as ada:
        yield ada


def site_packages(python: Path) -> Path:
    (found,) = python.parent.parent.glob("lib/python3*/site-packages")
    return found


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_a_kernel_that_somebody_has_installed_is_offered_and_runs_where_it_was_made(ada: Participant) -> None:
    offered = ada.ask("GET", "api/kernelspecs").json()["kernelspecs"]
    assert offered.keys() == {"python3", "mine"}

    kernel = ada.kernel("mine")
    assert kernel.run("import sys; print(sys.prefix)") == str(ada.home / "mine")
    kernel.close()


def test_what_is_installed_in_the_home_is_found_by_name_after_all_that_the_image_has(ada: Participant) -> None:
    kernel = ada.kernel()
    assert kernel.run("print(__import__('subprocess').run('mine', capture_output=True, text=True).stdout)") == "hers"
    assert kernel.run("import os; print(os.environ['CONDA_ENVS_DIRS'])") == str(ada.home / ".conda/envs")
    kernel.close()


def test_settings_extensions_and_modules_of_the_home_do_not_reach_the_server(ada: Participant) -> None:
    assert not (ada.home / "evil").exists()
    assert "evil" not in ada.log
    assert "evil" not in ada.ask("GET", "lab").text
