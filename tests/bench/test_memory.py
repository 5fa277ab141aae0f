"""The bench of the hub's memory: what it adds up, and how many servers it dares to start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import memory


@pytest.fixture
def with_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[int], None]:
    def give(megabytes: int) -> None:
        (tmp_path / "meminfo").write_text(f"MemTotal: 99 kB\nMemAvailable: {megabytes * 1024} kB\n")
        monkeypatch.setattr(memory, "MEMORY", tmp_path / "meminfo")

    return give


@pytest.mark.parametrize(("megabytes", "servers"), [(4000 + 150 * 12, 12), (64_000, 50), (100, 1)])
def test_as_many_servers_start_as_this_computer_holds(
    with_memory: Callable[[int], None], megabytes: int, servers: int
) -> None:
    with_memory(megabytes)

    assert memory.room() == servers


def test_hub_and_proxy_are_told_apart_and_together() -> None:
    taken = {"pophub-hub.service": "204800\n", "pophub-proxy.service": "61440\n"}
    machine = SimpleNamespace(run=lambda *command: taken[command[-1]])

    assert memory.taken(machine) == ("200", "60", "260")
