"""What a home gets at its server's start, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from pophub.core.contract import SERVER_HOME

Module = Callable[[str], ModuleType]


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    """The organizer's welcome and the shared data."""
    (tmp_path / "welcome/guide").mkdir(parents=True)
    (tmp_path / "welcome/Welcome.md").write_text("from the organizer")
    (tmp_path / "welcome/guide/first.txt").write_text("first")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/rain.csv").write_text("1,2")
    (tmp_path / "home").mkdir()
    return {"POPHUB_WELCOME": str(tmp_path / "welcome"), "POPHUB_DATA": str(tmp_path / "data")}


def test_a_new_home_gets_the_welcome_and_sees_the_shared_data(
    module: Module, given: dict[str, str], tmp_path: Path
) -> None:
    module("home").prepare(tmp_path / "home", given)

    assert (tmp_path / "home/Welcome.md").read_text() == "from the organizer"
    assert (tmp_path / "home/guide/first.txt").read_text() == "first"
    assert (tmp_path / "home/shared-data/rain.csv").read_text() == "1,2"
    assert (tmp_path / "home/shared-data").is_symlink()


def test_nothing_is_overwritten(module: Module, given: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "home/Welcome.md").write_text("my own")
    (tmp_path / "home/shared-data").mkdir()
    module("home").prepare(tmp_path / "home", given)

    assert (tmp_path / "home/Welcome.md").read_text() == "my own"
    assert not (tmp_path / "home/shared-data").is_symlink()


def test_what_somebody_deletes_stays_away(module: Module, given: dict[str, str], tmp_path: Path) -> None:
    module("home").prepare(tmp_path / "home", given)
    (tmp_path / "home/Welcome.md").unlink()
    module("home").prepare(tmp_path / "home", given)

    assert not (tmp_path / "home/Welcome.md").exists()


def test_a_link_that_leads_nowhere_is_made_anew(module: Module, given: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "home/shared-data").symlink_to("/of/another/machine")
    module("home").prepare(tmp_path / "home", given)

    assert (tmp_path / "home/shared-data/rain.csv").exists()


def test_a_home_that_takes_nothing_more_keeps_nobody_from_starting(
    module: Module, given: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home/.local").symlink_to("/of/another/machine")
    module("home").prepare(tmp_path / "home", given)

    assert "the home could not be prepared" in capsys.readouterr().err


def test_jupyterlab_opens_in_the_start_folder_where_it_is_there(
    module: Module, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tutorials").mkdir()

    assert module("home").start_folder(tmp_path, {"POPHUB_START_FOLDER": "tutorials"}) == tmp_path / "tutorials"
    assert module("home").start_folder(tmp_path, {"POPHUB_START_FOLDER": "elsewhere"}) is None
    assert "elsewhere is not there" in capsys.readouterr().err
    assert module("home").start_folder(tmp_path, {}) is None


def test_a_new_home_gets_the_images_skeleton_once(module: Module, tmp_path: Path) -> None:
    skeleton, home = tmp_path / "skel", tmp_path / "home"
    (skeleton / ".config").mkdir(parents=True)
    (skeleton / ".bashrc").write_text('eval "$(conda shell.bash hook)"')
    (skeleton / ".config/tool").write_text("quiet")
    (skeleton / ".profile").write_text("the image's")
    (skeleton / ".broken").symlink_to("/of/another/machine")
    home.mkdir()
    (home / ".profile").write_text("her own")
    module("home").prepare(home, {}, skeleton)

    assert (home / ".bashrc").read_text() == 'eval "$(conda shell.bash hook)"'
    assert (home / ".config/tool").read_text() == "quiet"
    assert (home / ".profile").read_text() == "her own"
    (home / ".bashrc").unlink()
    module("home").prepare(home, {}, skeleton)
    assert not (home / ".bashrc").exists()


def test_what_cannot_be_copied_keeps_the_rest_from_nothing(
    module: Module, given: dict[str, str], tmp_path: Path
) -> None:
    for folder in (".cache", ".jupyter"):
        (tmp_path / "skel" / folder).mkdir(parents=True)
        (tmp_path / "skel" / folder / "of the image").touch()
    (tmp_path / "skel/.profile").write_text("the image's")
    (tmp_path / "home/.cache").write_text("a file where a folder is to be")
    (tmp_path / "home/.jupyter").symlink_to("/of/another/machine")
    module("home").prepare(tmp_path / "home", given, tmp_path / "skel")

    assert (tmp_path / "home/.profile").read_text() == "the image's"
    assert (tmp_path / "home/Welcome.md").exists()
    assert (tmp_path / "home/shared-data/rain.csv").exists()


def test_a_full_disk_leaves_no_part_of_a_file_under_its_name(
    module: Module, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "skel").mkdir()
    (tmp_path / "skel/.bashrc").write_text("all of it")

    def full(_: Path, target: Path) -> None:
        target.write_text("all")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("shutil.copyfile", full)
        module("home").prepare(tmp_path, {}, tmp_path / "skel")
    assert not (tmp_path / ".bashrc").exists()
    module("home").prepare(tmp_path, {}, tmp_path / "skel")
    assert (tmp_path / ".bashrc").read_text() == "all of it"


def test_jupyter_finds_the_folder_of_its_data(module: Module, tmp_path: Path) -> None:
    """Jupyter's own start makes it only where its runtime folder lies below."""
    module("home").prepare(tmp_path, {})

    assert (tmp_path / ".local/share/jupyter").is_dir()


@pytest.mark.parametrize("name", ["CONDA_ENVS_DIRS", "CONDA_ENVS_PATH"])
def test_an_image_that_says_where_conda_puts_environments_is_left_alone(module: Module, name: str) -> None:
    assert "CONDA_ENVS_DIRS" not in module("home").variables(Path(SERVER_HOME), {name: "/srv/conda/envs"})


def test_programs_of_the_home_come_after_those_of_the_image(module: Module) -> None:
    found = module("home").variables(Path(SERVER_HOME), {"PATH": "/opt/conda/bin:/usr/bin"})

    assert found["PATH"] == f"/opt/conda/bin:/usr/bin:{SERVER_HOME}/.local/bin"
