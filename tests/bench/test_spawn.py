"""The bench of starts: what it changes on the machine for the stock ones, and changes back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bench.spawn import ESCAPE_HATCH, stock_servers


@pytest.fixture
def machine() -> Any:
    done: list[str] = []
    return SimpleNamespace(
        done=done, run=lambda *command: done.append(" ".join(command)), await_open=lambda: done.append("open")
    )


def test_the_hub_is_stock_only_meanwhile(machine: Any) -> None:
    with stock_servers(machine):
        assert ESCAPE_HATCH in machine.done[0]
        assert "dockerspawner.DockerSpawner" in machine.done[0]
        assert machine.done[1:] == ["systemctl restart pophub-hub", "open"]
        machine.done.clear()

    assert machine.done == [f"rm {ESCAPE_HATCH}", "systemctl restart pophub-hub", "open"]


def test_a_failure_leaves_no_stock_hub(machine: Any) -> None:
    with pytest.raises(RuntimeError), stock_servers(machine):
        raise RuntimeError

    assert machine.done[-3:] == [f"rm {ESCAPE_HATCH}", "systemctl restart pophub-hub", "open"]
