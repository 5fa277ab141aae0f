"""The edge of every command: what an organizer can fix is told and becomes an exit code, what is a bug is not hidden."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from pophub.core.errors import ExitCode, PophubError
from pophub.core.problem import Problem
from pophub.organizer.cli.terminal import organizer_errors, print_json, progress, put, require_answer, tell


def test_an_error_is_told_on_stderr_with_its_hint_and_becomes_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_, organizer_errors():
        raise PophubError("the hub is asleep", hint="start it", code=ExitCode.REFUSED)

    assert (exit_.value.code, *capsys.readouterr()) == (3, "", "the hub is asleep\nhint: start it\n")


def test_an_error_without_a_hint_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), organizer_errors():
        raise PophubError("the hub is asleep")

    assert capsys.readouterr().err == "the hub is asleep\n"


def test_problems_become_json_on_stdout_where_json_is_expected(capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem("geo.yaml", 7, "participants", "must be at least 1", "for example 60", "0")
    with pytest.raises(SystemExit), organizer_errors(as_json=True):
        raise PophubError(str(problem), problems=[problem])
    printed = json.loads(capsys.readouterr().out)

    assert printed == {
        "problems": [
            {
                "path": "geo.yaml",
                "line": 7,
                "field": "participants",
                "problem": "must be at least 1",
                "remedy": "for example 60",
                "got": "0",
            }
        ]
    }


def test_an_error_without_problems_is_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), organizer_errors(as_json=True):
        raise PophubError("the hub is asleep", hint="start it")

    assert json.loads(capsys.readouterr().out) == {"problems": [{"problem": "the hub is asleep", "remedy": "start it"}]}


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), organizer_errors():
        raise ZeroDivisionError


def test_json_is_one_object_that_any_terminal_can_show(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"title": "Göttingen"})
    printed = capsys.readouterr().out

    assert (printed.isascii(), json.loads(printed)) == (True, {"title": "Göttingen"})


def test_what_is_going_to_be_done_is_told_on_stderr_and_no_text_is_markup(capsys: pytest.CaptureFixture[str]) -> None:
    tell("geo: Geo [bold]", [("machine", "[red]large[/]")], ["[b]mind[/b] it"])
    told = capsys.readouterr()

    assert told.out == ""
    assert [line.rstrip() for line in told.err.splitlines()] == [
        "geo: Geo [bold]",
        "  machine  [red]large[/]",
        "warning: [b]mind[/b] it",
    ]


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(PophubError, match="needs a terminal") as refused:
        require_answer("give --yes")

    assert refused.value.hint == "give --yes"


def test_progress_names_what_is_done_and_takes_any_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("deploying geo", "3 minutes") as talk:
        talk("[/nonsense] " + "x" * 500)

    assert capsys.readouterr().err == "deploying geo: 3 minutes\n"


def test_where_no_terminal_is_progress_says_another_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter((1, 16, 16, 20, 40))
    now = [0]
    monkeypatch.setattr("pophub.organizer.cli.terminal.time.monotonic", lambda: now[0])
    with progress("deploying geo", "3 minutes") as talk:
        for line in ("[1 of 9]", "2 of 9", "2 of 9", "3 of 9", "4 of 9"):
            now[0] = next(clock)
            talk(line)

    assert capsys.readouterr().err == "deploying geo: 3 minutes\ndeploying geo: 2 of 9\ndeploying geo: 4 of 9\n"


@pytest.mark.parametrize("columns", [40, 120])
def test_on_a_terminal_progress_is_one_line_that_fits(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=columns)
    shown: list[str] = []
    monkeypatch.setattr("pophub.organizer.cli.terminal.Console", lambda stderr: console)
    monkeypatch.setattr("rich.status.Status.update", lambda self, text: shown.append(text.plain))
    with progress("deploying geo", "3 minutes") as talk:
        talk("23 of 40, about 1 minute more: " + "creating the machine, " * 10)
        talk("[1]")
    spinner = 2

    assert [len(shown[0]) + spinner <= columns, shown[0][-1], shown[1]] == [True, "…", "deploying geo: [1]"]


def test_a_result_is_printed_or_written_as_it_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    put("[bold]x" * 40, None)
    put("[bold]x" * 40, tmp_path / "out.txt")

    assert capsys.readouterr().out == (tmp_path / "out.txt").read_text() == "[bold]x" * 40 + "\n"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match="cannot be written"):
        put("x", tmp_path / "no" / "out.txt")
