"""What a hub's lines come to; none is not zero, and what lies in the bucket is read as it was put there."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pophub.hub.archive.history import History, Servers, Spawns, from_json, of_events, of_journal, to_json
from tests.pophub.hub.archive.test_journal import HUB, INFO, KERNEL, line, look

EVENTS = (Path(__file__).parent / "left_by_a_hub" / "events.jsonl").read_bytes().splitlines(keepends=True)


def test_starts_and_stops_are_counted_on_the_days_of_the_event() -> None:
    assert of_events(EVENTS, ZoneInfo("America/Los_Angeles")) == Servers(
        starts=3, stops=1, people=2, by_day={"2027-03-01": 2, "2027-03-02": 1}
    )


def test_a_rehearsal_is_nobody_who_came() -> None:
    rehearsed = [line.replace(b'"username": "ada"', b'"username": "~rehearsal-1"') for line in EVENTS]
    whole, found = of_events(EVENTS), of_events([*EVENTS, *(it for it in rehearsed if b"~rehearsal" in it)])

    assert any(b"~rehearsal" in it for it in rehearsed)
    assert found == whole


@pytest.mark.parametrize("lines", [[], [b"garbage\n", b"\n"], EVENTS[4:]])
def test_without_a_readable_event_nothing_is_known(lines: list[bytes]) -> None:
    assert of_events(lines) is None


def _start(seconds: float) -> bytes:
    return line(f"{INFO}User ada took {seconds:.3f} seconds to start", HUB)


@pytest.mark.parametrize(
    ("seconds", "spawns"),
    [
        ([], Spawns(0, 0)),
        ([3], Spawns(1, 0, 3, 3, 3)),
        ([1, 2], Spawns(2, 0, 1, 2, 2)),
        (range(100, 0, -1), Spawns(100, 0, 50, 95, 100)),
    ],
)
def test_the_times_are_some_that_were_really_taken(seconds: list[float], spawns: Spawns) -> None:
    assert of_journal([line("[I x] JupyterHub is now running", HUB), *map(_start, seconds)])["spawns"] == spawns


def test_without_a_journal_nothing_is_known() -> None:
    assert of_journal([b"garbage"]) == {}


def test_a_journal_without_the_hubs_words_knows_no_culls() -> None:
    told = of_journal([line("Linux version 6.12", KERNEL)])

    assert told == {"since": "2027-03-01T09:00:00+00:00", "incidents": ()}
    assert of_journal([look(0)])["stops"] == ()


def test_the_bucket_has_it_as_it_was() -> None:
    history = History(
        "2027-03-12T18:00:00+00:00",
        of_events(EVENTS),
        disk=100,
        disk_used=40,
        **of_journal([_start(3), look(1, action="stop", tell=[50])]),
    )

    assert from_json(json.loads(json.dumps(to_json(history)))) == history
    assert from_json(to_json(History("t"))) == History("t")


@pytest.mark.parametrize(
    "told", [None, {}, {"at": "t", "more": 1}, {"at": "t", "servers": 5}, {"at": "t", "stops": [5]}]
)
def test_what_is_no_such_thing_is_nothing(told: dict[str, object] | None) -> None:
    assert from_json(told) is None
