"""The watch in a process of its own looks at the moments it is told, and can be killed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab.fake_hub import FakeHub
from lab.plans import plan_of
from lab.watching import Watching
from pophub.core.contract import WATCH_SETTINGS_FILE
from pophub.core.cost.records import Moment
from pophub.organizer.deploy.watch_settings import watch_settings
from pophub.organizer.event.event import Event

# after the example's first session
NOW = datetime(2027, 3, 2, 2, tzinfo=UTC)


def test_it_looks_at_each_moment_until_it_is_killed(tmp_path: Path, hackweek: Event) -> None:
    for name in ("run", "home", "proc"):
        (tmp_path / name).mkdir()
    (tmp_path / "proc" / "stat").write_text(f"btime {int(NOW.timestamp()) - 600}\n")
    (tmp_path / WATCH_SETTINGS_FILE).write_text(json.dumps(watch_settings(plan_of(hackweek))))
    with FakeHub(tmp_path / "proc", NOW) as hub:
        watching = Watching(tmp_path, hub.url)
        looks = [watching.run_once(Moment(NOW + timedelta(minutes=it), "b", 600_000 + it * 60_000)) for it in range(2)]
        watching.kill()

    assert [it["off"] for it in looks] == [False, False]
    assert [it["decision"]["at"] for it in looks] == ["2027-03-02T02:00:00+00:00", "2027-03-02T02:01:00+00:00"]
    assert looks[1]["decision"]["rule"] != "clock_is_doubtful"
    with pytest.raises((BrokenPipeError, ValueError)):
        watching.run_once(Moment(NOW, "b", 0))
