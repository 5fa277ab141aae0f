"""What the hub knows of its workers, and when it knows nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pophub.hub.watch.workers_file import FRESH, read_workers

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
TOLD: dict[str, Any] = {"at": NOW.isoformat(), "wanted": 1, "pending": 0, "workers": [{"id": "i-1"}]}


def test_a_fresh_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "workers.json"
    file.write_text(json.dumps(TOLD))

    assert read_workers(file, NOW + FRESH) == TOLD
    assert read_workers(file, NOW - FRESH) == TOLD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        json.dumps(TOLD | {"at": "noon"}),
        json.dumps(TOLD | {"at": "2027-03-01T12:00:00"}),
        json.dumps(TOLD | {"wanted": None, "workers": []}),
        json.dumps(TOLD | {"workers": None}),
        json.dumps(TOLD | {"workers": [{}]}),
        json.dumps(TOLD | {"workers": [{"id": 7}]}),
    ],
)
def test_what_makes_no_sense_is_not_known(tmp_path: Path, text: str) -> None:
    file = tmp_path / "workers.json"
    file.write_text(text)

    assert read_workers(file, NOW) is None


def test_an_old_file_or_none_says_nothing(tmp_path: Path) -> None:
    file = tmp_path / "workers.json"
    assert read_workers(file, NOW) is None
    file.write_text(json.dumps(TOLD))
    assert read_workers(file, NOW + FRESH + timedelta(seconds=1)) is None
