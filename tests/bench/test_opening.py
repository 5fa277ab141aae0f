"""The bench of nine o'clock: what counts as a click, as an error and as a ratio."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import opening
from bench.floor import Floor
from bench.opening import Rush, Visitor, at_nine, boots, rush, spread_of
from lab.fake_participant import FakeParticipant
from pophub.core.errors import PophubError

PLACES = {"ada": "You are number 9 in the queue.", "grace": "You are number 12 in the queue. It takes about 5 seconds."}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine that counts processor time, and whose servers each took 1.5 s of it."""
    (tmp_path / "lab-1").mkdir()
    (tmp_path / "lab-1" / "cpuacct.usage").write_text("2500000000\n")
    monkeypatch.setattr(opening, "CPU", tmp_path)
    asked: list[tuple[str, ...]] = []

    def run(*command: str, **_: object) -> str:
        asked.append(command)
        return "" if command[0] == "docker" else "1400000000\n1600000000\n"

    return SimpleNamespace(folder=SimpleNamespace(group="lab-1"), run=run, asked=asked, url="https://hub.example.org")


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Their names; what they do at the hub is noted."""
    done: list[str] = []

    def progress(self: Visitor, seconds: float) -> Iterator[dict[str, Any]]:
        yield {"progress": 0, "message": "Server requested"}
        yield {"progress": 20, "message": PLACES[self.name]}

    monkeypatch.setattr(FakeParticipant, "sign_in", lambda self: done.append(f"{self.name} signs in"))
    monkeypatch.setattr(FakeParticipant, "ask_api", lambda self, *what: done.append(" ".join(what)))
    monkeypatch.setattr(FakeParticipant, "_progress", progress)
    monkeypatch.setattr(Visitor, "click", lambda self: done.append(f"{self.name} clicks"))
    monkeypatch.setattr(Visitor, "start_server", lambda self, **_: list(self._progress(1)))
    return done


def test_everybody_signs_in_finds_a_server_and_then_starts_one(machine: Any, people: list[str]) -> None:
    rows = dict(at_nine(machine, ["ada", "grace"], lambda line: None))

    assert sorted(people[:2]) == ["ada signs in", "grace signs in"]
    assert sorted(people[2:4]) == ["ada clicks", "grace clicks"]
    assert sorted(people[4:]) == ["DELETE users/ada/server", "DELETE users/grace/server"]
    assert machine.asked[0][-2:] == ("ada", "grace")
    assert rows["with prestart (limit 3 s): errors"] == rows["without (limit 60 s): errors"] == "0"
    assert rows["CPU-seconds of a server among them, median"] == "1.50"
    assert rows["read their place: 2, the last one"] == PLACES["grace"]


def test_an_error_is_counted_and_told_and_the_others_go_on(machine: Any) -> None:
    def step(person: Visitor) -> None:
        if person.name == "ada":
            raise PophubError("429: too many")

    found = rush(machine, [Visitor(machine.url, name) for name in ("ada", "grace", "mary")], step)

    assert (len(found.seconds), found.failures) == (2, ["ada: 429: too many"])
    assert dict(found.rows("x"))["x: errors"] == "1 ada: 429: too many"


def test_a_click_that_leads_to_no_lab_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(url: str) -> Any:
        return SimpleNamespace(ok=True, url=f"https://hub.example.org{url}")

    ada = Visitor("https://hub.example.org", "ada")
    monkeypatch.setattr(ada, "get", lambda place: answer("/user/ada/lab?"))
    ada.click()
    monkeypatch.setattr(ada, "get", lambda place: answer("/hub/spawn-pending/ada"))
    with pytest.raises(PophubError, match="spawn-pending"):
        ada.click()


def test_the_seconds_of_everybody_become_three_figures() -> None:
    assert spread_of([float(it) for it in range(1, 101)]) == (50.5, 95.05, 100)
    assert spread_of([]) == (0, 0, 0)
    assert dict(Rush([1, 2], [], 3.21, 0.4).rows("x"))["x: CPU-seconds of machine; visitors"] == "3.2; 0.4"


def test_a_boot_stands_beside_its_floor() -> None:
    assert boots(Floor(booted=5, fetched=40), healthy=50, baked=11).rows == (
        ("from nothing", "50.0", "40.0", "1.25"),
        ("pre-baked", "11.0", "5.0", "2.20"),
    )
