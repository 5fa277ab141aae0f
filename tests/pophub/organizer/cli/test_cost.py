"""`pophub cost` as a shell sees it: exit code, stdout, stderr, and the worked example as the documentation shows it."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess

from tests.command_line import run_pophub
from tests.pophub.core.cost import finished

FINISHED = (
    str(finished.EVENT),
    "--meter",
    str(finished.METER),
    "--gone",
    "2027-03-12T18:00:00",
    "--now",
    "2027-03-20T09:00:00",
)


def _run(*arguments: str) -> CompletedProcess[str]:
    return run_pophub("cost", *arguments)


def test_the_worked_example_is_what_the_script_says_but_for_the_bill() -> None:
    ran = _run(*FINISHED, "--json")
    expected = json.loads((finished.DOCS / "report.json").read_text()) | {"billed": None, "compared": None}

    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == expected


def test_a_page_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    ran = _run(*FINISHED, "--form", "html", "--out", str(out))

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert out.read_text().startswith("<!DOCTYPE html>")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    ran = _run(*FINISHED, "--form", "csv", "--out", str(tmp_path / "no" / "report.csv"))

    assert ran.returncode == 1
    assert "cannot be written: No such file or directory" in ran.stderr


def test_an_estimate_needs_no_aws() -> None:
    ran = _run(str(finished.EVENT), "--estimate", "--json", "--now", "2026-11-20T00:00:00")

    assert ran.returncode == 0
    assert list(json.loads(ran.stdout)["cases"]) == ["low", "expected", "high"]


def test_without_a_meter_and_without_aws_it_says_what_to_do() -> None:
    ran = _run(str(finished.EVENT), "--json")

    assert ran.returncode == 3
    assert "there are no AWS credentials" in ran.stderr
    assert json.loads(ran.stdout)["problems"]


def test_wrong_usage_exits_with_2() -> None:
    assert _run().returncode == 2
    assert _run(str(finished.EVENT), "--form", "tea").returncode == 2
