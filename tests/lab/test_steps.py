"""Each step is told while it happens, and all of them in a table with what came of it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from lab import steps as steps_module
from lab.steps import Steps, print_table
from pophub.core.errors import PophubError


def text(steps: Steps) -> str:
    assert isinstance(steps.console.file, io.StringIO)
    return steps.console.file.getvalue()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """On no terminal; each step takes 1.5 seconds."""
    clock = iter(range(0, 300, 3))
    monkeypatch.setattr(steps_module.time, "monotonic", lambda: next(clock) / 2)
    return Steps(Console(file=io.StringIO(), width=60))


def fail(steps: Steps, error: BaseException) -> None:
    with pytest.raises(type(error)), steps.step("deploy"):
        raise error


def test_a_step_is_told_when_it_begins_and_when_it_has_ended(steps: Steps) -> None:
    with steps.step("deploy") as step:
        assert text(steps) == "… deploy\n"

        step.result = "i-1"

    assert text(steps) == "… deploy\n✓ deploy: i-1 (1.5 s)\n"


FAILURES: dict[str, tuple[BaseException, str]] = {
    "an error": (PophubError("no zone\nand more"), "no zone"),
    "an interrupt": (KeyboardInterrupt(), "KeyboardInterrupt"),
    "only a line break": (ValueError("\n"), "ValueError"),
}


@pytest.mark.parametrize(("error", "result"), FAILURES.values(), ids=FAILURES)
def test_a_step_that_fails_says_so_in_one_line_and_the_error_goes_on(
    steps: Steps, error: BaseException, result: str
) -> None:
    fail(steps, error)

    assert text(steps).splitlines()[-1] == f"✗ deploy: {result} (1.5 s)"


def test_a_long_result_stays_on_its_line(steps: Steps) -> None:
    with steps.step("deploy") as step:
        step.result = "x" * 100

    assert "x" * 100 in text(steps)


def test_brackets_in_a_result_are_no_markup(steps: Steps) -> None:
    with steps.step("deploy") as step:
        step.result = "left behind: [red] and [/]"

    assert "left behind: [red] and [/]" in text(steps)


def test_the_table_has_every_step_and_their_sum(steps: Steps, capsys: pytest.CaptureFixture[str]) -> None:
    with steps.step("set up") as step:
        step.result = "[ready]"
    with steps.step("deploy") as step:
        step.result = "i-1"
    print_table(steps)
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]] for line in capsys.readouterr().out.splitlines() if "│" in line
    ]

    assert rows == [["set up", "[ready]", "1.5"], ["deploy", "i-1", "1.5"], ["all", "passed", "3.0"]]


def test_the_table_names_the_step_that_failed(steps: Steps, capsys: pytest.CaptureFixture[str]) -> None:
    fail(steps, PophubError("no zone"))
    print_table(steps)
    table = capsys.readouterr().out

    assert "FAILED: no zone" in table
    assert "failed" in table.splitlines()[-2]


@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (lambda: Console(file=io.StringIO(), width=120, force_terminal=True), True),
        (lambda: Console(file=io.StringIO(), width=120), False),
    ],
    ids=["terminal", "log"],
)
def test_the_newest_line_is_shown_beside_the_step_where_somebody_looks(
    make: Callable[[], Console], *, shown: bool
) -> None:
    steps = Steps(make())
    with steps.step("deploy"):
        steps.talk("creating [/] the moon")

    assert ("creating [/] the moon" in text(steps)) is shown


def test_a_log_has_how_far_a_long_step_is_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter((0, 1, 20, 20, 21, 40))
    monkeypatch.setattr(steps_module.time, "monotonic", lambda: next(now))
    steps = Steps(Console(file=io.StringIO(), width=60))
    with steps.step("deploy"):
        for line in ("1 of 39", "23 of 39", "24 of 39"):
            steps.talk(line)

    assert text(steps).splitlines()[:-1] == ["… deploy", "… deploy: 23 of 39"]


def test_the_table_is_one_object_too(steps: Steps) -> None:
    fail(steps, PophubError("no zone"))

    step = {"name": "deploy", "result": "no zone", "seconds": 1.5, "failed": True}
    assert steps.as_json() == {"steps": [step], "passed": False, "seconds": 1.5}


def test_talk_outside_a_step_is_no_error(steps: Steps) -> None:
    steps.talk("nobody listens")

    assert text(steps) == ""
