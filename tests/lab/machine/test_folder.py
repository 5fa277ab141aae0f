"""What a machine leaves on this computer, and that nothing of a dead run stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lab import shared_cache
from lab.machine.folder import MachineFolder
from lab.wait import wait_until


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(shared_cache, "SHARED_CACHE", tmp_path)
    return tmp_path / "machine" / "runs"


def test_a_folder_of_a_dead_process_is_swept(cache: Path) -> None:
    dead = cache / f"{os.getpid()}-1-1"
    (dead / "upper" / "etc").mkdir(parents=True)
    MachineFolder().remove()
    assert list(cache.iterdir()) == []


def test_a_folder_of_a_living_process_stays(cache: Path) -> None:
    first, second = MachineFolder(), MachineFolder()
    assert set(cache.iterdir()) == {first.path, second.path}
    assert first.path.stat().st_mode & 0o777 == 0o700
    first.remove()
    assert list(cache.iterdir()) == [second.path]


def test_what_is_removed_is_gone_at_once_and_its_files_soon(cache: Path) -> None:
    folder = MachineFolder()
    kept, part = folder.part("kept"), folder.part("docker")
    (part / "layer").mkdir()
    folder.discard("docker")
    assert list(folder.path.iterdir()) == [kept]
    folder.remove()
    assert list(cache.iterdir()) == []
    wait_until(lambda: not list((cache.parent / "removed").iterdir()), 20, "no file is left")


def test_a_removal_that_was_interrupted_is_repeated(cache: Path) -> None:
    left = cache.parent / "removed" / f"{os.getpid()}-1-1-abc"
    (left / "upper").mkdir(parents=True)
    MachineFolder().remove()
    wait_until(lambda: not list(left.parent.iterdir()), 20, "no file is left")
