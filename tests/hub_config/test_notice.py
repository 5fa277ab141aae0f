"""What stands announced, until somebody asks for the hub against it; and that the watch reads where the hub writes."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from traitlets.config import Config

from pophub.core.contract import ASKED_FILE, BANNER_FILE, WORKERS_FILE
from pophub.hub.watch.__main__ import PATHS
from pophub.organizer.paths import ROOT

Load = Callable[..., Config]
STOP, LATER = "2027-03-01T17:40:00+00:00", "2027-03-01T18:30:00+00:00"
OFFER = {"stop_at": STOP, "clock": "17:40", "keep": {"until": LATER}}


@pytest.fixture
def notice(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The section of the settings that are loaded, with its files in a folder of the test."""
    load()
    section = sys.modules["sections.notice"]
    monkeypatch.setattr(section, "BANNER", tmp_path / BANNER_FILE)
    monkeypatch.setattr(section, "ASKED", tmp_path / ASKED_FILE)
    monkeypatch.setattr(section, "WORKERS", tmp_path / WORKERS_FILE)
    return section


def write(file: Path, content: object, *, minutes_ago: int = 0) -> None:
    file.write_text(json.dumps(content))
    then = time.time() - 60 * minutes_ago
    os.utime(file, (then, then))


def test_the_files_are_those_of_the_watch(load: Load) -> None:
    load()
    section = sys.modules["sections.notice"]

    assert (PATHS.banner, PATHS.asked) == (section.BANNER, section.ASKED)


def test_a_stop_is_told_while_the_watch_tells_it(notice: ModuleType) -> None:
    assert notice.stop_notice() == {}
    write(notice.BANNER, {"clock": "17:40"})
    assert notice.stop_notice() == {"clock": "17:40"}
    write(notice.BANNER, {"clock": "17:40"}, minutes_ago=6)
    assert notice.stop_notice() == {}


def _user(address: str | None) -> SimpleNamespace:
    server = None if address is None else SimpleNamespace(ip=address)
    return SimpleNamespace(spawner=SimpleNamespace(server=server))


def test_people_on_a_worker_that_aws_takes_back_are_told_of_their_own_stop(notice: ModuleType) -> None:
    taken = {"stop_at": STOP, "clock": "17:40"}
    workers = [{"address": "10.20.0.31", "notice": taken}, {"address": "10.20.0.32", "notice": None}]
    write(notice.WORKERS, {"workers": workers})
    write(notice.BANNER, OFFER)

    assert notice.stop_notice(_user("10.20.0.31")) == {
        **taken, "reason": notice.TAKEN_BACK, "keep": None, "server": True,
    }  # fmt: skip
    # docs/workers.md quotes it, on two lines
    assert notice.TAKEN_BACK in " ".join((ROOT / "docs" / "workers.md").read_text().split())
    for other in (_user("10.20.0.32"), _user(None), None):
        assert notice.stop_notice(other) == OFFER
    write(notice.WORKERS, {"workers": workers}, minutes_ago=6)
    assert notice.stop_notice(_user("10.20.0.31")) == OFFER


def test_a_stop_is_no_longer_told_once_somebody_has_asked_for_the_hub(notice: ModuleType) -> None:
    write(notice.BANNER, OFFER)
    write(notice.ASKED, [STOP])
    assert notice.stop_notice() == OFFER
    write(notice.ASKED, [STOP, LATER])
    assert notice.stop_notice() == {}


def test_a_stop_against_which_no_wish_counts_is_told_whoever_asked(notice: ModuleType) -> None:
    write(notice.ASKED, [LATER])
    write(notice.BANNER, {**OFFER, "keep": None})

    assert notice.stop_notice()["clock"] == "17:40"


@pytest.mark.parametrize("text", ["", "[]", "null", '["soon"]', '["2027-03-01T18:30:00"]', "{"])
def test_a_request_that_makes_no_sense_is_none(notice: ModuleType, text: str) -> None:
    notice.ASKED.write_text(text)
    write(notice.BANNER, OFFER)

    assert notice.stop_notice() == OFFER


def test_what_a_helper_says_is_told_until_it_is_taken_back(
    notice: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice, "MESSAGE", tmp_path / "message.json")
    assert notice.message() == {}
    (tmp_path / "message.json").write_text('{"text": "Lunch"}')
    assert notice.message() == {"text": "Lunch"}
    (tmp_path / "message.json").write_text("[")
    assert notice.message() == {}
