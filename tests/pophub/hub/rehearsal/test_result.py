"""What a rehearsal's figures come to: cases as files, named after what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from pophub.hub.rehearsal.result import (
    Machine,
    Result,
    Servers,
    Visit,
    as_json,
    from_json,
    holds_in_memory,
    holds_in_time,
    percentile,
    summary,
)

CASES = sorted(Path(__file__).with_name("result_cases").glob("*.yaml"))
MACHINE = {
    "vcpus": 2, "memory": 8000, "available_before": 800, "available_least": 800, "busy": 2.0, "opening": 4.0,
    "disk": 100, "disk_free": 50,
}  # fmt: skip
SERVERS: dict[str, Any] = {"started_with": [20], "worked_with": [20], "cpu_seconds": [0.5], "homes": [5]}


def result_of(case: dict[str, Any]) -> Result:
    """A result from what a case says and what all cases share; a start of null failed."""
    visits = tuple(
        Visit(f"~rehearsal-{number}", sign_in=0.1, start=start)
        if start is not None
        else Visit(f"~rehearsal-{number}", failure=case["failure"].replace("NAME", f"~rehearsal-{number}"))
        for number, start in enumerate(case["starts"])
    )
    return Result(
        event="geoweek",
        at="2027-02-01T10:00:00+00:00",
        instance_type="r7i.large",
        visits=visits,
        machine=Machine(**(MACHINE | case.get("machine", {}))),
        servers=Servers(**(SERVERS | case.get("servers", {}))),
        memory_limit=500,
        home_limit=1000,
        server_limit=60,
    )


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_figures_say(file: Path) -> None:
    case = YAML(typ="safe").load(file)
    result = result_of(case)
    found, holds = summary(result), case.get("holds", {})

    assert {key: found[key] for key in case["expected"]} == case["expected"]
    wanted = {"memory": holds_in_memory(result), "time": holds_in_time(result, 60)}
    assert {key: wanted[key] for key in holds} == holds


def test_there_are_cases() -> None:
    assert len(CASES) > 8


def test_a_result_comes_back_from_the_bucket_as_it_was() -> None:
    result = result_of({"starts": [1, 2]})

    assert from_json(json.loads(json.dumps(as_json(result)))) == from_json(as_json(result))
    assert summary(from_json(as_json(result))) == summary(result)


@pytest.mark.parametrize(("part", "value"), [(0.5, 50), (0.95, 95), (1, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_occurred(part: float, value: int) -> None:
    assert percentile(range(1, 101), part) == value
    assert percentile([], part) is None
