"""A start from the off page is noted and told once, in the boot that it caused, and names nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pophub.core.cost.meter import lines_of
from pophub.core.cost.records import Kind, Moment, Reading
from pophub.core.cost.wake import Wake
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.state import Paths, State
from pophub.hub.watch.woken import note_wake

MakeFacts = Callable[..., Facts]
SECOND = timedelta(seconds=1)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path, tmp_path)


def note(
    paths: Paths, state: State, policy: Policy, make_facts: MakeFacts, booted: datetime | None
) -> dict[str, Any] | None:
    now = policy.sessions[0].end + timedelta(hours=2)
    return note_wake(paths, state, make_facts(now=now, booted=booted), policy, Moment(now, "boot", 60_000))


def put(paths: Paths, at: datetime, wake: object = None) -> None:
    paths.started.write_text(json.dumps({"at": at.isoformat(), "wake": wake or {"number": 2, "times_a_day": 3}}))


def test_it_is_noted_and_told_once(paths: Paths, policy: Policy, make_facts: MakeFacts) -> None:
    booted = policy.sessions[0].end + timedelta(hours=1)
    put(paths, booted - 40 * SECOND)
    state = State()
    told = note(paths, state, policy, make_facts, booted)
    assert note(paths, State.from_json(state.as_json()), policy, make_facts, booted) is None

    assert told is not None
    assert told["action"] == "started from its page"
    assert told["reason"].startswith("somebody started the hub from its page at ")
    assert told["reason"].endswith(": start 2 of at most 3 that day")
    [record] = Reading(lines_of(paths.meter))
    assert (record.kind, record.wake, record.user) == (Kind.WAKE, Wake(2, 3), "")


@pytest.mark.parametrize("minutes", [-11, 1, None])
def test_another_boot_was_not_started_so(
    paths: Paths, policy: Policy, make_facts: MakeFacts, minutes: int | None
) -> None:
    """The machine fetches what the bucket has kept at each boot; and a press may come while it is on."""
    booted = policy.sessions[0].end + timedelta(hours=1)
    put(paths, booted + timedelta(minutes=minutes or 0))

    assert note(paths, State(), policy, make_facts, None if minutes is None else booted) is None
    assert not paths.meter.exists()


@pytest.mark.parametrize("content", [None, "{", '{"at": "2027-03-02T02:00:00+00:00"}', "[]"])
def test_no_start_of_the_organizers_and_no_damaged_file_is_one(
    paths: Paths, policy: Policy, make_facts: MakeFacts, content: str | None
) -> None:
    if content is not None:
        paths.started.write_text(content)

    assert note(paths, State(), policy, make_facts, datetime.fromisoformat("2027-03-02T02:00:30+00:00")) is None


def test_a_full_disk_loses_the_record_and_nothing_else(paths: Paths, policy: Policy, make_facts: MakeFacts) -> None:
    booted = policy.sessions[0].end + timedelta(hours=1)
    put(paths, booted)
    paths.meter.mkdir()

    assert note(paths, State(), policy, make_facts, booted) is not None
