"""What a home gets at its server's start, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

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
    (tmp_path / "home/guide").write_text("a file where a folder is to be")
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
