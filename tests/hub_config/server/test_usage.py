"""What a server tells its owner about memory and disk; what cannot be read is not known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def usage(module: Callable[[str], ModuleType]) -> ModuleType:
    return module("usage")


def test_memory_is_without_what_the_kernel_can_drop(usage: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.stat").write_text("anon 600\ninactive_file 300\n")

    assert usage.usage(tmp_path, tmp_path, "4096")["memory"] == {"used": 700, "limit": 4096}


@pytest.mark.parametrize("limit", ["", "lots"])
def test_without_a_limit_nothing_is_known_of_memory(usage: ModuleType, tmp_path: Path, limit: str) -> None:
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.stat").write_text("inactive_file 300\n")

    assert usage.usage(tmp_path, tmp_path, limit)["memory"] is None


def test_the_home_is_asked_for_its_own_room(usage: ModuleType, tmp_path: Path) -> None:
    home = usage.usage(tmp_path, tmp_path, "1")["home"]

    assert 0 < home["used"] <= home["limit"]
    assert usage.usage(tmp_path / "gone", tmp_path, "1") == {"memory": None, "home": None}
