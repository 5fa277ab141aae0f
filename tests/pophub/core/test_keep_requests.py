"""A request to keep the hub on: the latest time counts, and a damaged file is no request."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pophub.core.keep_requests import NEVER, ask_for, asked_until

AT = datetime(2027, 3, 1, 18, tzinfo=UTC)


def test_the_latest_time_counts(tmp_path: Path) -> None:
    file = tmp_path / "asked.json"
    ask_for(file, AT)
    ask_for(file, AT - timedelta(hours=1))

    assert (asked_until(file), file.read_text()) == (AT, '["2027-03-01T18:00:00+00:00"]')


def test_a_missing_or_damaged_file_is_no_request(tmp_path: Path) -> None:
    (tmp_path / "damaged").write_text('["20')

    assert [asked_until(tmp_path / name) for name in ("missing", "damaged")] == [NEVER, NEVER]


def test_a_request_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, synced = tmp_path / "asked.json", list[tuple[str, bool]]()
    monkeypatch.setattr(os, "fsync", lambda _: synced.append((file.with_suffix(".new").read_text(), file.exists())))
    ask_for(file, AT)

    assert synced == [('["2027-03-01T18:00:00+00:00"]', False)]
    assert [found.name for found in tmp_path.iterdir()] == ["asked.json"]
