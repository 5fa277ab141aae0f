"""Until when a rehearsal keeps the hub on; the requests of people are in test_collect.py."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pophub.hub.watch.asked import keep_requests
from pophub.hub.watch.state import Paths, write

NOW = datetime(2027, 3, 2, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path, tmp_path)


def test_a_rehearsal_keeps_the_hub_on_for_its_time(paths: Paths) -> None:
    assert keep_requests(paths, NOW) == ()
    write(paths.rehearsal, {"until": NOW.isoformat()})
    write(paths.keeps, [(NOW + HOUR).isoformat()])

    assert keep_requests(paths, NOW) == (NOW + HOUR, NOW)


@pytest.mark.parametrize("text", ["", "{}", '{"until": "2027-03-02T03:00:00"}', "[]"])
def test_a_damaged_marker_keeps_it_on_for_an_hour(paths: Paths, text: str) -> None:
    paths.rehearsal.write_text(text)
    os.utime(paths.rehearsal, (NOW.timestamp(),) * 2)

    assert keep_requests(paths, NOW + HOUR / 4) == (NOW + HOUR,)
