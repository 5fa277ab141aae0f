"""A worker's report as the hub reads it: by the file's age, and whatever a worker puts there."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pophub.hub.worker_reports import FRESH, LARGEST_BYTES, has_joined, read_report, report_file

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
REPORT = {"servers": {"ada": 0.5, "bob": None}, "notice": None, "up": 12.5}


def _put(folder: Path, text: str, age: timedelta = timedelta()) -> None:
    file = report_file(folder, "i-1")
    file.write_text(text)
    os.utime(file, ((NOW - age).timestamp(),) * 2)


def test_a_fresh_report_is_read_and_an_old_one_is_not_known(tmp_path: Path) -> None:
    _put(tmp_path, json.dumps(REPORT), FRESH)
    assert read_report(tmp_path, "i-1", NOW) == REPORT | {"clock_off": None}
    _put(tmp_path, json.dumps(REPORT), FRESH + timedelta(seconds=1))

    assert read_report(tmp_path, "i-1", NOW) is None
    assert read_report(tmp_path, "i-2", NOW) is None


@pytest.mark.parametrize(
    ("clock", "off"),
    [
        (NOW.timestamp() + 10_800, 10_800),
        (NOW.timestamp() - 10_800.5, -10_800.5),
        ("noon", None),
        (1e300, None),
        (float("nan"), None),
    ],
)
def test_a_worker_s_clock_is_compared_with_that_of_the_hub_s_disk(
    tmp_path: Path, clock: object, off: float | None
) -> None:
    _put(tmp_path, json.dumps(REPORT | {"clock": clock, "clock_off": 1}), timedelta())
    found = read_report(tmp_path, "i-1", NOW)

    assert found is not None
    assert found["clock_off"] == off


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"servers": []}', "[" * 100_000, '{"servers": {}, "more": "' + "x" * LARGEST_BYTES + '"}'],
    ids=["empty", "cut off", "a list", "no servers", "servers as a list", "deep", "huge"],
)
def test_a_damaged_report_is_not_known(tmp_path: Path, text: str) -> None:
    _put(tmp_path, text)

    assert read_report(tmp_path, "i-1", NOW) is None


def test_a_link_or_a_pipe_of_a_worker_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(REPORT))
    os.utime(secret, (NOW.timestamp(),) * 2)
    report_file(tmp_path, "i-1").symlink_to(secret)
    os.mkfifo(report_file(tmp_path, "i-2"))

    assert read_report(tmp_path, "i-1", NOW) is None
    assert read_report(tmp_path, "i-2", NOW) is None


@pytest.mark.parametrize(
    ("more", "joined"),
    [
        ({}, False),
        ({"joined": False}, False),
        ({"joined": "no"}, False),
        ({"joined": True}, True),
        ({"servers": {"ada": None}}, True),
    ],
)
def test_a_worker_with_a_certificate_or_a_server_is_in_a_swarm(more: dict[str, Any], joined: bool) -> None:
    assert has_joined({"servers": {}, "notice": None, "up": 9000.0} | more) is joined
    assert not has_joined(None)
