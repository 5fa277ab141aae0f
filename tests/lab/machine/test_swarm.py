"""The swarm as the hub's Docker shows it; real engines answer in tests/cloud_init/test_workers.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab.machine.swarm import LOOKS, UNITS, await_ready, nodes, place_of, words_kept


class Hub:
    """Answers as Docker does; two nodes, of which one joins at the second look."""

    def __init__(self) -> None:
        self.looks = 0

    def run(self, *command: str) -> str:
        match command[1:3]:
            case ("node", "ls"):
                return "a\nb\n"
            case ("node", "inspect"):
                self.looks += 1
                states = f"i-1 ready active\ni-2 {'down' if self.looks == 1 else 'ready'} active\n"
                # an earlier life of the first, and a node that has never told its name
                return f"{states}i-1 down active\n unknown active\n"
            case ("service", "ps"):
                return f"i-1 of {command[-1]}\n"
        raise AssertionError(command)


class Worker:
    name, seconds = "i-2", 12.0


def test_nodes_servers_and_a_worker_that_joins() -> None:
    hub: Any = Hub()
    worker: Any = Worker()

    assert nodes(hub) == {"i-1": "ready active", "i-2": "down active"}
    assert await_ready(hub, worker) == 12.0
    assert place_of(hub, "ada") == "i-1 of jupyter-ada"


def test_what_the_hub_said_outlives_a_failure(tmp_path: Path) -> None:
    hub: Any = type("Hub", (), {"run": lambda _, *line, check: f"{line} {check}", "journal": lambda _, unit: unit})()
    with words_kept(hub, tmp_path / "good.txt"):
        pass
    with pytest.raises(ZeroDivisionError), words_kept(hub, tmp_path / "bad.txt"):
        raise ZeroDivisionError

    assert [it.name for it in tmp_path.iterdir()] == ["bad.txt"]
    found = (tmp_path / "bad.txt").read_text()
    assert found.count("== ") == len(LOOKS) + len(UNITS)
    assert "== docker node ls\n('docker', 'node', 'ls') False\n" in found
