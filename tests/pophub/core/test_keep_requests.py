"""A request to keep the hub on: its time, the latest one counts, and a damaged file is no request."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pophub.core.errors import PophubError
from pophub.core.keep_requests import NEVER, ask_for, asked_until, next_at

AT = datetime(2027, 3, 1, 18, tzinfo=UTC)
PACIFIC = ZoneInfo("America/Los_Angeles")
NIGHT = datetime(2027, 3, 2, 3, tzinfo=UTC)


def test_a_time_that_has_passed_today_is_tomorrows() -> None:
    assert next_at("22:00", PACIFIC, NIGHT) == datetime(2027, 3, 1, 22, tzinfo=PACIFIC)
    assert next_at("06:00", PACIFIC, NIGHT) == datetime(2027, 3, 2, 6, tzinfo=PACIFIC)
    with pytest.raises(PophubError, match="not a time of day"):
        next_at("tonight", PACIFIC, NIGHT)


@pytest.mark.parametrize(
    ("now", "until", "then"),
    [
        # in Berlin the hour from 02:00 comes twice that night
        ("2026-10-25T01:30", "02:45", "2026-10-25T01:45"),
        ("2026-10-25T00:50", "02:20", "2026-10-25T01:20"),
        ("2026-10-25T00:10", "02:20", "2026-10-25T00:20"),
    ],
)
def test_a_time_that_comes_twice_is_the_next_of_both(now: str, until: str, then: str) -> None:
    moment, expected = (datetime.fromisoformat(it).replace(tzinfo=UTC) for it in (now, then))

    assert next_at(until, ZoneInfo("Europe/Berlin"), moment).astimezone(UTC) == expected


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
