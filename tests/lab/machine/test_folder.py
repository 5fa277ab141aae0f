"""What a machine leaves on this computer, and that nothing of a dead run stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lab import shared_cache
from lab.machine.folder import MachineFolder


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
