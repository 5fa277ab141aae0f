"""How the tests are shared out among processes."""

from __future__ import annotations

import gc
from pathlib import Path
from types import SimpleNamespace

import pytest
from xdist.remote import Producer

from pophub.organizer.paths import ROOT
from tests.conftest import FIRST_PROCESSES, LONGEST, UNITS, Units, unit_of
from tests.stacks import synthesis
from tests.stacks.synthesis import Synthesis


@pytest.mark.parametrize("place", [*LONGEST, *(file for files in UNITS.values() for file in files)])
def test_what_is_named_is_there(place: str) -> None:
    assert place in UNITS or (ROOT / place).exists()


@pytest.mark.parametrize(
    ("folder", "unit"),
    [
        ("one_machine", "the machine"),
        ("many_machines", "the hub of workers"),
        ("last_machine", "the machine of an event's end"),
    ],
)
def test_files_that_share_a_machine_or_a_hub_go_to_one_process(folder: str, unit: str) -> None:
    place = ROOT / "tests/cloud_init" / folder
    files = sorted(path.relative_to(ROOT).as_posix() for path in place.glob("test_*.py"))

    assert len(files) > 1
    assert {unit_of(f"{file}::test_it[1::2]") for file in files} == {unit}
    assert unit_of("tests/cloud_init/test_birth.py::test_it") == "tests/cloud_init/test_birth.py"


def test_a_process_that_fills_in_takes_the_last_unit() -> None:
    units = [f"tests/test_{name}.py::test_it" for name in "abcdef"]
    given: dict[str, list[str]] = {}
    processes = [_Process(f"gw{number}", given, units) for number in (0, FIRST_PROCESSES)]
    config = SimpleNamespace(getvalue=lambda _: ["popen"] * 2, option=SimpleNamespace(loadscopereorder=False))
    scheduler = Units(config, Producer("tests"))
    for process in processes:
        scheduler.add_node(process)
        scheduler.add_node_collection(process, units)

    scheduler.schedule()

    assert given == {"gw0": [units[0], units[1]], f"gw{FIRST_PROCESSES}": [units[-1], units[-2]]}


class _Process:
    """What the scheduler sees of a process of the tests."""

    shutting_down = False

    def __init__(self, name: str, given: dict[str, list[str]], units: list[str]) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.send_runtest_some = lambda numbers: given.setdefault(name, []).extend(units[number] for number in numbers)


def test_whoever_uses_the_runs_hub_is_in_its_unit() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for path in Path(__file__).parent.rglob("test_*.py")
        if "lab_hub: LabHub" in path.read_text() and path != Path(__file__)
    }

    assert users == set(UNITS["the hub"])


def test_the_stacks_are_synthesized_by_the_first_process_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    monkeypatch.setattr(
        synthesis,
        "synthesize",
        lambda folder, *events, account: made.append(folder) or Synthesis(folder, "a warning\n"),
    )
    first, second = (synthesis.synthesize_once(tmp_path / "synth", "course") for _ in range(2))

    assert made == [tmp_path / "synth"]
    assert first == second == Synthesis(tmp_path / "synth", "a warning\n")


def test_the_garbage_collector_which_collecting_tests_does_without_is_on_again() -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
