"""A home's folder tells whose it is, exactly as DockerSpawner has named it."""

from __future__ import annotations

from pathlib import Path

import pytest
from dockerspawner import DockerSpawner
from hypothesis import example, given
from hypothesis import strategies as st

from pophub.hub.archive.homes import Home, home_of, homes_in


# DockerSpawner writes smaller ones, which no name has, with one digit, and nobody can read them back
@given(st.text(st.characters(codec="utf-8", min_codepoint=16), min_size=1))
@example("carol-x")
@example("a_b@example.org")
@example("Größe 日本")
@example("x-2d")
def test_names_are_written_and_read_as_dockerspawner_writes_them(user: str) -> None:
    folder = DockerSpawner._escape(user)

    assert (home_of(user).folder, Home(folder).user) == (folder, user)


@pytest.mark.parametrize("folder", ["a-62c", "jean-de", "x-"])
def test_a_folder_that_dockerspawner_has_not_named_is_somebody_of_that_name(folder: str) -> None:
    assert (Home(folder).user, Home(folder).top) == (folder, folder)
    assert Home("carol-2dx", account=True).user == "carol-2dx"


def test_what_is_no_folder_is_nobody_s_home(tmp_path: Path) -> None:
    for name in ("b", "a-2dx"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("b")
    (tmp_path / "dangling").symlink_to("nowhere")

    assert [home.user for home in homes_in(tmp_path)] == ["a-x", "b"]


def test_homes_of_a_rehearsal_are_not_archived(tmp_path: Path) -> None:
    for name in ("ada", "-7erehearsal-2d1", "rehearsal-2d1"):
        (tmp_path / name).mkdir()

    assert [home.user for home in homes_in(tmp_path)] == ["ada", "rehearsal-1"]
    assert [home.user for home in homes_in(tmp_path, pretended=True)] == ["~rehearsal-1"]


def test_a_link_that_leads_elsewhere_is_a_home(tmp_path: Path) -> None:
    (tmp_path / "homes").mkdir()
    (tmp_path / "large").mkdir()
    (tmp_path / "homes" / "ada").symlink_to(tmp_path / "large")

    # its disk is not mounted now
    (tmp_path / "homes" / "grace").symlink_to("/nowhere/grace")

    assert [home.user for home in homes_in(tmp_path / "homes")] == ["ada", "grace"]


@pytest.mark.parametrize(
    ("user", "top"), [("carol-x", "carol-x"), ("a b", "a-20b"), ("../x", "-2e-2e-2fx"), (".", "-2e"), ("ä", "-c3-a4")]
)
def test_the_folder_in_the_archive_has_the_real_name_where_that_is_safe(user: str, top: str) -> None:
    assert home_of(user).top == top


def test_a_home_has_three_keys_of_its_own() -> None:
    home = home_of("carol-x")

    assert (home.data, home.manifest, home.receipt) == (
        "homes/carol-2dx.tar.zst",
        "homes/carol-2dx.manifest.zst",
        "homes/carol-2dx.json",
    )
