"""What the service shows is what the report says, worked out once for however many ask."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from pophub.core.contract import METER_FILE, WATCH_SETTINGS_FILE
from pophub.core.cost.basis import Basis
from pophub.core.cost.basis import as_json as plain
from pophub.core.cost.forms.as_json import as_json
from pophub.core.cost.forms.page import as_page
from pophub.core.cost.records import Moment
from pophub.core.cost.report import report
from pophub.core.errors import PophubError
from pophub.hub.costs_page import kept as module
from pophub.hub.costs_page.kept import Kept
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MONDAY, day_on_workers, lines

NOW = finished.GONE


class Clock:
    """A moment that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0

    def __call__(self) -> Moment:
        return Moment(NOW + timedelta(seconds=self.seconds), "a", self.seconds * 1000)


@pytest.fixture
def basis(make_basis: Callable[..., Basis]) -> Basis:
    return make_basis()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(tmp_path: Path, basis: Basis, clock: Clock) -> Kept:
    (tmp_path / WATCH_SETTINGS_FILE).write_text(json.dumps({"meter": {"basis": plain(basis)}}))
    (tmp_path / METER_FILE).write_bytes(b"".join(finished.lines()))
    return Kept(tmp_path / WATCH_SETTINGS_FILE, tmp_path / METER_FILE, clock)


def test_the_page_and_the_figures_are_the_reports(kept: Kept, basis: Basis) -> None:
    expected = report(finished.lines(), basis, now=NOW)

    assert kept.page(names=False, top="") == as_page(expected)
    assert json.loads(kept.as_json()) == json.loads(json.dumps(as_json(expected)))


def test_names_are_shown_where_they_are_asked_for(kept: Kept) -> None:
    assert "octocat" not in kept.page(names=False, top="")
    assert "octocat" in kept.page(names=True, top="")


def test_a_participants_page_has_the_hours_of_their_row(kept: Kept, basis: Basis) -> None:
    rows = {row.what: row for row in report(finished.lines(), basis, now=NOW, names=True).people}

    assert f"{round(rows['person-07'].hours, 2):,}" in kept.own("person-07", top="")
    assert "no hours of yours" in kept.own("mallory", top="")


def test_it_is_worked_out_once_in_ten_seconds_however_many_ask(
    kept: Kept, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    real = module.reported

    def counted(*arguments: object, **more: object) -> object:
        made.append(clock.seconds)
        return real(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "reported", counted)
    for clock.seconds in (0, 9, 10):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: kept.page(names=False, top=""), range(8)))
    assert made == [0, 10]


def test_pages_of_different_seconds_are_of_one_moment(kept: Kept, clock: Clock) -> None:
    told = set()
    for clock.seconds in (0, 9, 11, 19):
        told.add(
            (
                json.loads(kept.as_json())["total"],
                re.findall(r"<dd>([\d.]+) USD<small>", kept.page(names=False, top=""))[0],
            )
        )
        kept.page(names=True, top="")
    clock.seconds = 100_000
    later = json.loads(kept.as_json())["total"]

    assert len(told) == 2
    assert later > max(total for total, _ in told)


@pytest.mark.parametrize("text", ["", "{}", '{"meter": {"basis": {}}}'])
def test_settings_that_cannot_be_read_are_told_with_what_to_do(kept: Kept, tmp_path: Path, text: str) -> None:
    (tmp_path / WATCH_SETTINGS_FILE).write_text(text)
    with pytest.raises(PophubError, match=f"{WATCH_SETTINGS_FILE} says nothing of the event's prices") as told:
        kept.as_json()
    assert told.value.hint == "deploy the event again"


def test_a_meter_that_cannot_be_read_is_told(kept: Kept, clock: Clock, tmp_path: Path) -> None:
    (tmp_path / METER_FILE).unlink()
    assert "not known" in kept.page(names=False, top="")

    clock.seconds = 10
    (tmp_path / METER_FILE).mkdir()
    with pytest.raises(PophubError, match=r"meter\.jsonl cannot be read"):
        kept.as_json()


def test_an_event_with_workers_shows_them(tmp_path: Path, basis: Basis) -> None:
    (tmp_path / METER_FILE).write_bytes(b"".join(lines([*day_on_workers()])))
    (tmp_path / WATCH_SETTINGS_FILE).write_text(json.dumps({"meter": {"basis": plain(basis)}}))
    at = Moment(MONDAY + timedelta(hours=8.5), "a", 0)
    found = Kept(tmp_path / WATCH_SETTINGS_FILE, tmp_path / METER_FILE, lambda: at)
    page, told = found.page(names=True, top=""), json.loads(found.as_json())

    assert "workers, r7i.2xlarge spot" in page
    assert "the hub&#x27;s machine runs, and 1 worker; " in page
    assert [it["id"] for it in told["workers"]] == ["i-1", "i-2", "i-3"]
