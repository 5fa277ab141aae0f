"""A worker's report as the hub reads it: by the file's age, and whatever a worker puts there."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pophub.hub.worker_reports import FRESH, LARGEST_BYTES, is_older, read_report, report_file

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
REPORT = {"servers": {"ada": 0.5, "bob": None}, "notice": None, "up": 12.5}


def _put(folder: Path, text: str, age: timedelta = timedelta()) -> None:
    file = report_file(folder, "i-1")
    file.write_text(text)
    os.utime(file, ((NOW - age).timestamp(),) * 2)


def test_a_fresh_report_is_read_and_an_old_one_is_not_known(tmp_path: Path) -> None:
    _put(tmp_path, json.dumps(REPORT), FRESH)
    assert read_report(tmp_path, "i-1", NOW) == REPORT
    _put(tmp_path, json.dumps(REPORT), FRESH + timedelta(seconds=1))

    assert read_report(tmp_path, "i-1", NOW) is None
    assert read_report(tmp_path, "i-2", NOW) is None


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
    ("up_minutes", "known_minutes", "servers", "older"),
    [
        (1, 1, {}, False),  # it is born
        (9, 0, {}, False),  # the daemon was started again
        (30, 25, {}, False),  # it never joins
        (30, 0, {}, True),
        (1, 1, {"ada": None}, True),
    ],
)
def test_a_worker_that_was_up_long_before_the_hub_knew_it_is_another_hubs(
    up_minutes: int, known_minutes: int, servers: dict[str, None], older: bool
) -> None:
    report = {"servers": servers, "notice": None, "up": up_minutes * 60.0}

    assert is_older(report, timedelta(minutes=known_minutes)) is older
    assert is_older({**report, "servers": {}, "up": None}, timedelta()) is False
    assert is_older(None, timedelta()) is False
