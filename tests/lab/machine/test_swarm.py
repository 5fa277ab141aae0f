"""The swarm as the hub's Docker shows it; real engines answer in tests/cloud_init/many_machines/test_workers.py."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from lab.machine.swarm import LOOKS, UNITS, await_ready, nodes, place_of, services, words_kept, words_noted
from pophub.core.errors import PophubError


def node(name: str, state: str) -> dict[str, Any]:
    return {
        "Description": {"Hostname": name} if name else {},
        "Status": {"State": state},
        "Spec": {"Availability": "active"},
    }


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Answers as Docker does: of two nodes, one joins at the second look."""
    looks = itertools.count()

    def answer(asked: object, place: str, **filters: str) -> list[dict[str, Any]]:
        assert asked == "the hub"
        match place, filters:
            case "nodes", {"role": "worker"}:
                late = node("i-2", "down" if next(looks) == 0 else "ready")
                # an earlier life of the first, and a node that has never told its name
                return [node("i-1", "ready"), late, node("i-1", "down"), node("", "unknown")]
            case "nodes", {"id": "n1"}:
                return [node("i-1", "ready")]
            case "tasks", {"service": "jupyter-ada"}:
                return [{"NodeID": "n1"}]
            case "tasks", {"service": "jupyter-grace"}:
                return [{"Status": {"State": "pending"}}]
            case "tasks", {"service": "jupyter-nobody"}:
                return []
            case "services", {}:
                return [{"Spec": {"Name": "jupyter-ada"}}, {"Spec": {"Name": "jupyter-grace"}}]
        raise AssertionError(place, filters)

    monkeypatch.setattr("lab.machine.swarm.ask", answer)
    return "the hub"


class Worker:
    name, seconds = "i-2", 12.0


def test_nodes_servers_and_a_worker_that_joins(hub: Any) -> None:
    worker: Any = Worker()

    assert nodes(hub) == {"i-1": "ready active", "i-2": "down active"}
    assert await_ready(hub, worker) == 12.0
    assert [place_of(hub, it) for it in ("ada", "grace", "nobody")] == ["i-1", "", ""]
    assert services(hub) == ["jupyter-ada", "jupyter-grace"]


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


def test_a_wait_in_vain_has_what_the_hub_said() -> None:
    hub: Any = type("Hub", (), {"run": lambda *_, check: "nodes", "journal": lambda _, unit: f"what {unit} said"})()
    with pytest.raises(PophubError) as found, words_noted(hub):
        raise PophubError("not within 60 s")

    [note] = found.value.__notes__
    assert "\n== journal of pophub-workers\nwhat pophub-workers said" in note
