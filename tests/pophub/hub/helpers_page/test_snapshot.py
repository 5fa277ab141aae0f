"""The page's data: of everybody, for many viewers at the price of one, and quick for 500 people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from pophub.core.contract import PRETENDED
from pophub.core.errors import PophubError
from pophub.hub.helpers_page.machine import Machine
from pophub.hub.helpers_page.snapshot import KEPT_SECONDS, Snapshots, snapshot
from pophub.hub.hub_api import HubApi
from tests.pophub.hub.helpers_page.fake_api import FakeApi

NOW = datetime(2027, 3, 1, 18, tzinfo=UTC)
EVENT = {
    "title": "Geo",
    "timezone": "UTC",
    "server_limit": 67,
    "login": {"github": {"admins": ["Octocat"]}},
    "server": {"memory_gib": 4, "home_gib": 10},
    "people": {"late": "Late One"},
}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "proc").mkdir()
    (tmp_path / "event.json").write_text(json.dumps(EVENT))
    return Machine(proc=tmp_path / "proc", homes=tmp_path, hub=tmp_path, run=tmp_path, settings=tmp_path)


def test_it_has_everybody_and_what_is_not_known_is_null(machine: Machine) -> None:
    found = snapshot(FakeApi(["ada", "octocat"], ["ada"]).users(), machine, NOW)

    assert [(person["user"], person["state"]) for person in found["people"]] == [
        ("ada", "running"),
        ("octocat", "off"),
        ("late", "never came"),
    ]
    assert [person["helper"] for person in found["people"]] == [False, True, False]
    assert (found["server_limit"], found["memory"], found["watch"], found["message"]) == (67, None, {}, {})
    assert json.loads(json.dumps(found)) == found


def test_beside_workers_the_hubs_own_memory_says_nothing_of_servers(machine: Machine) -> None:
    (machine.proc / "meminfo").write_text("MemTotal:  2048 kB\nMemFree:  1 kB\nMemAvailable:  1024 kB\n")
    alone = snapshot([], machine, NOW)
    (machine.settings / "event.json").write_text(json.dumps({**EVENT, "workers": {"slots": 15}}))
    beside = snapshot([], machine, NOW)

    assert (alone["memory"]["limit"], alone["workers"]) == (2**21, None)
    assert (beside["memory"], beside["workers"]) == (None, {})


def test_the_people_of_a_rehearsal_are_nobody_to_help(machine: Machine) -> None:
    api = FakeApi(["ada", f"{PRETENDED}1"])

    found = Snapshots(machine, lambda: NOW, lambda: 0.0).get(cast(HubApi, api))
    assert [person["user"] for person in found["people"]] == ["ada", "late"]


def test_several_viewers_ask_the_hub_once_until_something_is_done(machine: Machine) -> None:
    api, seconds = FakeApi(["ada"]), [0.0]
    snapshots = Snapshots(machine, lambda: NOW, lambda: seconds[0])
    for moment in (0, KEPT_SECONDS - 1, KEPT_SECONDS):
        seconds[0] = moment
        snapshots.get(cast(HubApi, api))
    assert api.asked == 2

    snapshots.forget()
    snapshots.get(cast(HubApi, api))
    assert api.asked == 3


def test_a_hub_that_does_not_answer_is_told_with_what_to_do(machine: Machine) -> None:
    api = FakeApi()
    api.silent = True
    with pytest.raises(PophubError, match="the hub gives no list of people") as refused:
        Snapshots(machine).get(cast(HubApi, api))
    assert refused.value.hint == "reload the page in a minute"
