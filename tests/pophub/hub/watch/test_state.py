"""What the watch remembers: whole or not at all, and a damaged file is no knowledge."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pophub.hub.watch.facts import Announcement
from pophub.hub.watch.state import Paths, State, reached_as_json, reached_from_json, read, recall, remove, write

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
FULL = State(
    last_decision=NOW,
    up_ms=7_200_000,
    silent_since=NOW,
    announced=(Announcement(NOW, NOW),),
    prestarted=("ada",),
    computing={"ada": NOW},
    taken={"ada": {"31@7": 1.5}},
    measured=3.0,
    quiet=("bob",),
    metered_servers={"ada": (NOW.isoformat(), "4", "")},
    disk_gib=604,
    reported=NOW,
)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path, tmp_path)


@pytest.mark.parametrize("state", [State(), FULL])
def test_one_look_knows_what_the_one_before_knew(paths: Paths, state: State) -> None:
    write(paths.state, state.as_json())

    assert recall(paths) == state
    assert paths.state.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"last_decision": 3}'])
def test_a_damaged_memory_is_none(paths: Paths, text: str) -> None:
    paths.state.write_text(text)

    assert recall(paths) == State()


def test_a_memory_with_a_server_of_another_form_is_none(paths: Paths) -> None:
    """Otherwise every look would fail at it, until the next boot."""
    paths.state.write_text(json.dumps(FULL.as_json() | {"metered_servers": {"ada": [NOW.isoformat(), "4"]}}))

    assert recall(paths) == State()


def test_a_file_that_is_missing_is_another_thing_than_one_that_cannot_be_read(paths: Paths) -> None:
    assert read(paths.told_steps, list, nothing=[]) == []
    paths.told_steps.write_text("{")
    assert read(paths.told_steps, list, nothing=[]) is None


def test_what_stood_there_stays_where_a_file_cannot_be_written_whole(paths: Paths) -> None:
    write(paths.told_steps, [80])
    with pytest.raises(TypeError):
        write(paths.told_steps, {"a": object()})

    assert json.loads(paths.told_steps.read_text()) == [80]
    write(paths.told_steps, [80, 90])
    assert json.loads(paths.told_steps.read_text()) == [80, 90]


def test_what_is_gone_can_be_removed(paths: Paths) -> None:
    write(paths.banner, {})
    remove(paths.banner)
    remove(paths.banner)

    assert not paths.banner.exists()


def test_of_a_budget_that_was_raised_nobody_was_told_and_however_it_is_written_it_is_the_same() -> None:
    told = json.loads(json.dumps(reached_as_json([90, 80], Decimal("400.00"))))

    assert reached_from_json(told, Decimal(400)) == (80, 90)
    assert reached_from_json(told, Decimal(800)) == ()


@pytest.mark.parametrize("data", [[80], {}, {"steps": ["x"], "budget_usd": "400"}, {"steps": [80]}, None])
def test_what_is_no_such_thing_is_refused(data: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        reached_from_json(data, Decimal(400))
