"""`pophub doctor` as a shell sees it, in a lab AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lab.account_kinds import NEW
from lab.aws import LabAws
from pophub.core.errors import ExitCode
from pophub.organizer.cli.cli import app
from pophub.organizer.paths import EXAMPLE_EVENT


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    with LabAws(tmp_path_factory.mktemp("aws"), NEW) as aws:
        yield aws


@pytest.fixture
def run(lab: LabAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    # nothing that is asked leaves this computer
    for name, value in {
        **lab.environment,
        "https_proxy": "http://127.0.0.1:1",
        "POPHUB_RESOLVER": "127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "geo-hackweek.yaml").write_text(EXAMPLE_EVENT.read_text().replace("2027-03", "2190-03"))
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(app, ["doctor", *arguments])


def test_a_new_account_is_red_with_the_next_steps(run: Callable[..., object]) -> None:
    ran = run("geo-hackweek")

    assert ran.exit_code == ExitCode.FIX
    assert "r6i.8xlarge needs 32 vCPUs" in ran.stdout
    assert "pophub deploy account" in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 80


def test_a_program_gets_one_object(run: Callable[..., object]) -> None:
    ran = run("geo-hackweek", "--json")
    colours = {each["question"]: each["colour"] for each in json.loads(ran.stdout)["findings"]}

    assert (colours["vCPU quota"], colours["zone"], colours["delegation"]) == ("red", "red", "unknown")


def test_the_account_can_be_looked_at_before_any_event(run: Callable[..., object]) -> None:
    ran = run("account")

    assert (ran.exit_code, "zone" in ran.stdout) == (ExitCode.DONE, False)


def test_an_event_file_with_problems_is_refused_as_by_check(run: Callable[..., object]) -> None:
    ran = run("geo-hackwek", "--json")

    assert (ran.exit_code, "did you mean `geo-hackweek`?" in ran.stdout) == (ExitCode.FIX, True)
