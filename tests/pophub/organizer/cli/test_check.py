"""`pophub check` as a shell sees it: exit code, stdout, stderr; and quick, because it loads no stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pophub.organizer.paths import EXAMPLE_EVENT, ROOT

PROGRAM = str(Path(sys.executable).parent / "pophub")
EXAMPLE = EXAMPLE_EVENT.read_text()
# the example is an event of March 2027; its tests must hold in every year
YEAR = "2190"
FUTURE = EXAMPLE.replace("2027-03", f"{YEAR}-03")


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "check", *arguments]
    env = {**os.environ, "COLUMNS": "120", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=60, check=False)


def _line(path: Path, key: str) -> int:
    """The line of the first such key."""
    lines = enumerate(path.read_text().splitlines(), 1)
    return next(number for number, line in lines if line.strip().startswith(f"{key}:"))


@pytest.fixture
def event(tmp_path: Path) -> Path:
    """The example, in a year that is not past for a while."""
    path = tmp_path / "geo-hackweek.yaml"
    path.write_text(FUTURE)
    return path


def test_a_good_event_exits_with_0_and_tells_what_follows(event: Path) -> None:
    ran = _run(str(event))

    assert (ran.returncode, ran.stderr) == (0, "")
    for told in (
        "r6i.8xlarge",
        "604 GiB",
        f"{YEAR}-03-01 09:00 to 17:30",
        "start  08:45",
        "members of geohackweek",
        "2026-10-01",
    ):
        assert told in ran.stdout


def test_json_is_one_object_on_stdout(event: Path) -> None:
    ran = _run(str(event), "--json")
    found = json.loads(ran.stdout)

    assert (ran.returncode, found["event"], found["sessions"][0]["start"]) == (
        0,
        "geo-hackweek",
        f"{YEAR}-03-01T17:00:00Z",
    )


def test_an_event_is_found_by_its_name(event: Path) -> None:
    assert _run("geo-hackweek", POPHUB_EVENTS=str(event.parent)).returncode == 0


def test_every_problem_is_told_at_once_on_stderr_and_exits_with_1(event: Path) -> None:
    event.write_text(FUTURE.replace("participants: 60", "participants: 0").replace("budget_usd: 400", "budget_usd: -1"))
    ran = _run(str(event))
    first, second, hint = ran.stderr.splitlines()

    assert (ran.returncode, ran.stdout) == (1, "")
    assert first.startswith(f"{event}:{_line(event, 'participants')}: participants: must be at least 1 (got 0); ")
    assert second.startswith(f"{event}:{_line(event, 'budget_usd')}: budget_usd: must be more than 0 (got -1); ")
    assert hint.startswith("hint: 2 problems")


def test_problems_are_json_too_where_json_is_expected(event: Path) -> None:
    event.write_text("title: x\n")
    ran = _run(str(event), "--json")

    assert ran.returncode == 1
    assert {problem["field"] for problem in json.loads(ran.stdout)["problems"]} >= {"region", "sessions", "login"}
    assert "region: missing" in ran.stderr


def test_a_past_event_is_an_error(event: Path) -> None:
    event.write_text(EXAMPLE.replace("2027-03", "2021-03"))
    ran = _run(str(event))

    assert ran.returncode == 1
    assert f"{event}:{_line(event, 'ends')}: ends: the event is past (got '2021-03-12'); " in ran.stderr


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        (
            "region: us-west-2",
            "region: sa-east-1",
            "region",
            "region: the price table of 2026-10-01 has no machine in sa-east-1",
        ),
        ("home_gib: 10", "home_gib: 1", "participants", "participants: no x86_64 machine of us-west-2 has "),
        (
            "instance_type: null",
            "instance_type: m7g.large",
            "instance_type",
            "host.instance_type: m7g.large has arm64 processors",
        ),
    ],
    ids=["unknown region", "nothing fits", "wrong processor"],
)
def test_a_problem_of_the_plan_is_told_like_one_of_the_file(
    event: Path, old: str, new: str, key: str, problem: str
) -> None:
    many = FUTURE.replace("participants: 60", "participants: 900") if "home_gib" in old else FUTURE
    event.write_text(many.replace(old, new))
    ran = _run(str(event))

    assert ran.returncode == 1
    assert ran.stderr.startswith(f"{event}:{_line(event, key)}: {problem}")


def test_a_file_that_is_not_there_exits_with_1() -> None:
    ran = _run("no-such-event")

    assert (ran.returncode, "no-such-event.yaml: file: cannot be read" in ran.stderr) == (1, True)


def test_wrong_usage_exits_with_2() -> None:
    assert _run().returncode == 2


def test_no_stack_is_loaded_for_a_check(event: Path) -> None:
    code = (
        "import sys\n"
        "from pophub.organizer.cli.cli import app\n"
        "try:\n"
        f"    app(['check', {str(event)!r}])\n"
        "finally:\n"
        "    heavy = {'cdktf', 'jsii', 'requests', 'aiohttp', 'tornado'}\n"
        "    print(sorted(set(sys.modules) & heavy), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, "[]\n")
