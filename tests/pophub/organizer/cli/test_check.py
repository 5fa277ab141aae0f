"""`pophub check` as a shell sees it: exit code, stdout, stderr; and quick, because it loads no stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pophub.organizer.paths import EXAMPLE_EVENT, ROOT
from tests.command_line import run_pophub

EXAMPLE = EXAMPLE_EVENT.read_text()
# the example is an event of March 2027; its tests must hold in every year
YEAR = "2190"
FUTURE = EXAMPLE.replace("2027-03", f"{YEAR}-03")


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_pophub("check", *arguments, environment={**os.environ, "COLUMNS": "120", **environment})


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


def test_one_machine_is_shown_beside_workers(event: Path) -> None:
    text, found = " ".join(_run(str(event)).stdout.split()), json.loads(_run(str(event), "--json").stdout)

    for told in ("one machine r6i.8xlarge 137 USD", "4 r6i.2xlarge 151 USD 10% more", "4 r6i.2xlarge 69 USD 49% less"):
        assert told in text
    assert [found["comparison"][way]["usd"] for way in ("one_machine", "on_demand", "spot")] == [137.09, 150.8, 69.26]


def test_an_event_with_workers_is_priced_with_them(event: Path) -> None:
    event.write_text(FUTURE.replace("workers: null", "workers: {spot: true}"))
    text, found = " ".join(_run(str(event)).stdout.split()), json.loads(_run(str(event), "--json").stdout)

    assert "workers 4 r6i.2xlarge of 15 servers each" in text
    assert "workers' addresses" in text
    assert (found["workers"]["count"], found["workers"]["spot"]) == (4, True)
    assert [item["what"] for item in found["cost"]["cases"]["high"]["items"]][1] == "workers"


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
            "workers: null",
            "workers: {type: r6i.2xlarge, most: 3}",
            "workers",
            "workers.most: 3 workers r6i.2xlarge hold 45 servers, and 60 people work at once (got 3); "
            "raise `workers.most` to 4 or more, or leave it out",
        ),
        (
            "instance_type: null",
            "instance_type: m7g.large",
            "instance_type",
            "host.instance_type: m7g.large has arm64 processors",
        ),
    ],
    ids=["unknown region", "nothing fits", "too few workers", "wrong processor"],
)
def test_a_problem_of_the_plan_is_told_like_one_of_the_file(
    event: Path, old: str, new: str, key: str, problem: str
) -> None:
    # people with accounts on the machine cannot have workers, which hold as many as come
    many = FUTURE.replace("participants: 60", "participants: 900").replace("create_users: false", "create_users: true")
    many = many if "home_gib" in old else FUTURE
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
