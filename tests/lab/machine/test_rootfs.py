"""Where the lab's Debian comes from, and when it is made anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lab import shared_cache
from lab.machine import rootfs
from pophub.core.errors import PophubError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_cache, "SHARED_CACHE", tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "debian.sources",
            "Types: deb\nURIs: https://mirror.example/debian/\n\nURIs: https://mirror.example/debian-security\n",
        ),
        (
            "debian.list",
            "deb https://mirror.example/debian x main\ndeb https://mirror.example/debian-security x main\n",
        ),
    ],
)
def test_the_mirrors_are_those_of_this_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    monkeypatch.setattr(rootfs, "APT_SOURCES", (tmp_path / "none", tmp_path))
    assert rootfs.mirrors() == ("https://mirror.example/debian", "https://mirror.example/debian-security")


def test_without_an_archive_of_debian_it_says_where_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rootfs, "APT_SOURCES", (tmp_path / "none", tmp_path))

    with pytest.raises(PophubError, match="knows no archive of Debian") as refused:
        rootfs.mirrors()

    assert refused.value.hint == "name one in /etc/apt/sources.list.d"


def test_a_folder_is_made_once_and_anew_when_its_inputs_change() -> None:
    made: list[Path] = []
    first = rootfs.kept("thing", ["a", "b"], made.append)
    assert rootfs.kept("thing", ["a", "b"], made.append) == first
    other = rootfs.kept("thing", ["ab"], made.append)
    assert made == [first, other]


def test_a_new_folder_takes_the_place_of_those_that_nobody_asks_for() -> None:
    old, recent = (rootfs.kept("thing", [text], lambda folder: None) for text in ("old", "recent"))
    elsewhere = rootfs.kept("other", ["old"], lambda folder: None)
    for folder in (old, elsewhere):
        os.utime(folder.with_suffix(".lock"), (0, 0))
    new = rootfs.kept("thing", ["new"], lambda folder: None)

    assert [folder.exists() for folder in (old, recent, new, elsewhere)] == [False, True, True, True]


def test_a_half_made_folder_is_made_again() -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise PophubError("no mirror")

    with pytest.raises(PophubError):
        rootfs.kept("thing", ["a"], fail)
    folder = rootfs.kept("thing", ["a"], lambda folder: None)
    assert not (folder / "half").exists()


def test_what_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match="sh failed: the last word"):
        rootfs.run(["sh", "-c", "echo the last word; exit 1"], tmp_path / "log")
    with pytest.raises(PophubError, match="no-such-program is not installed"):
        rootfs.run(["no-such-program"], tmp_path / "log")
