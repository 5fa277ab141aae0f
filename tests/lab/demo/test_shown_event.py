"""The event that is shown is found as every other command finds it, and refused as every other command refuses it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab.demo.shown_event import EXAMPLES, shown_event
from pophub.core.errors import PophubError
from pophub.organizer.paths import EXAMPLE_EVENT

BEFORE, AFTER = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    shutil.copy(EXAMPLE_EVENT, tmp_path / "geoweek.yaml")
    return tmp_path


def test_without_a_name_it_is_the_example() -> None:
    assert shown_event(None, BEFORE)[0] == EXAMPLE_EVENT


def test_an_event_is_found_by_its_name_or_its_path(events: Path) -> None:
    file = events / "geoweek.yaml"

    assert shown_event("geoweek", BEFORE)[0] == file
    assert shown_event(str(file), BEFORE)[1].name == "geoweek"


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_is_found_by_its_name_also_when_its_dates_are_over(name: str) -> None:
    assert shown_event(name, AFTER)[1].name == name


def test_an_example_does_not_hide_an_event_of_the_same_name(events: Path) -> None:
    (events / "geoweek.yaml").rename(events / "example-event.yaml")

    assert shown_event("example-event", BEFORE)[0] == events / "example-event.yaml"


def test_a_mistyped_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(PophubError, match="did you mean `geoweek`") as near:
        shown_event("geowek", BEFORE)
    with pytest.raises(PophubError, match="events here are geoweek"):
        shown_event("zzz", BEFORE)

    assert near.value.problems


def test_mistakes_are_refused_with_their_lines(events: Path) -> None:
    (events / "geoweek.yaml").write_text("title: a\nregion: mars\n")
    with pytest.raises(PophubError, match=r"geoweek\.yaml:2: region: "):
        shown_event("geoweek", BEFORE)


def test_an_event_that_has_ended_is_refused() -> None:
    with pytest.raises(PophubError, match="ends: "):
        shown_event("geoweek", AFTER)
