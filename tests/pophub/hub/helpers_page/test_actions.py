"""What a helper can do, what is refused, and in which words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from lab.wait import wait_until
from pophub.core.errors import PophubError
from pophub.hub.helpers_page.actions import Actions
from pophub.hub.helpers_page.machine import Machine
from pophub.hub.hub_api import HubApi, HubRefused
from tests.pophub.hub.helpers_page.fake_api import FakeApi

# 17:00 in Los Angeles
NOW = datetime(2027, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def actions(tmp_path: Path) -> Actions:
    for name in ("hub", "run", "settings"):
        (tmp_path / name).mkdir()
    (tmp_path / "settings" / "event.json").write_text(json.dumps({"timezone": "America/Los_Angeles"}))
    policy = {"policy": {"slots": 4, "spawns_at_once": 2}}
    (tmp_path / "settings" / "watch-settings.json").write_text(json.dumps(policy))
    machine = Machine(hub=tmp_path / "hub", run=tmp_path / "run", settings=tmp_path / "settings")
    return Actions(machine, clock=lambda: NOW, sleep=lambda seconds: None)


def do(actions: Actions, name: str, api: FakeApi, **asked: Any) -> str:
    return actions.do(name, asked, cast(HubApi, api), "octocat")


@pytest.mark.parametrize(
    ("name", "done", "log"),
    [
        ("start", "the server of ada is starting", ["start ada"]),
        ("stop", "the server of ada is stopping", ["stop ada"]),
        ("restart", "the server of ada is starting again", ["stop ada", "start ada"]),
    ],
)
def test_one_server(actions: Actions, name: str, done: str, log: list[str]) -> None:
    api = FakeApi(["ada"], ["ada"])

    assert do(actions, name, api, user="ada") == done
    assert api.log == log


def test_a_restart_does_not_start_a_server_that_has_not_stopped(actions: Actions) -> None:
    api = FakeApi(["ada"], ["ada"])
    api.lingers = 1

    with pytest.raises(PophubError, match="has not stopped within a minute"):
        do(actions, "restart", api, user="ada")
    assert api.log == ["stop ada"]


def test_all_servers_stop_only_if_the_words_are_typed(actions: Actions) -> None:
    api = FakeApi(["ada", "bob", "eve"], ["ada", "bob"])
    with pytest.raises(PophubError, match="the words are not “stop all”"):
        do(actions, "stop-all", api, word="stop")

    assert do(actions, "stop-all", api, word="stop all") == "2 servers are stopping"
    assert api.running == []


def test_a_guest_is_added_in_small_letters_and_once(actions: Actions) -> None:
    api = FakeApi()

    assert do(actions, "add-guest", api, user=" Ada ") == "ada can sign in now"
    with pytest.raises(PophubError, match="the hub did not do it: User ada already exists"):
        do(actions, "add-guest", api, user="ada")


def test_whose_server_was_started_ahead_can_be_made_a_guest(actions: Actions) -> None:
    api = FakeApi(["ada", "bob"], ["ada"])
    api.expected = ["ada", "bob"]

    assert do(actions, "add-guest", api, user="ada") == "ada can sign in now"
    assert api.log == ["delete ada"]
    assert api.known == ["bob", "ada"]


def test_a_message_is_for_everybody_until_it_is_taken_back(actions: Actions) -> None:
    file = actions.machine.run / "message.json"
    do(actions, "message", FakeApi(), text=" Lunch\nis  ready ")

    assert json.loads(file.read_text()) == {
        "text": "Lunch is ready",
        "by": "octocat",
        "at": "2027-03-02T01:00:00+00:00",
    }
    assert file.stat().st_mode & 0o777 == 0o644
    with pytest.raises(PophubError, match="the message has 281 characters"):
        do(actions, "message", FakeApi(), text="x" * 281)
    do(actions, "message", FakeApi(), text="")
    assert not file.exists()


@pytest.mark.parametrize(
    ("until", "stored"), [("21:30", "2027-03-02T05:30:00+00:00"), ("02:00", "2027-03-02T10:00:00+00:00")]
)
def test_the_hub_is_kept_until_a_time_of_the_events_own_zone(actions: Actions, until: str, stored: str) -> None:
    do(actions, "keep", FakeApi(), until=until)

    assert json.loads((actions.machine.hub / "asked.json").read_text()) == [stored]


@pytest.mark.parametrize(("until", "problem"), [("25:00", "not a time of day"), ("16:59", "more than 12 hours away")])
def test_another_time_is_refused(actions: Actions, until: str, problem: str) -> None:
    with pytest.raises(PophubError, match=problem):
        do(actions, "keep", FakeApi(), until=until)


def test_everybody_who_was_here_gets_a_server_if_all_fit(actions: Actions) -> None:
    api = FakeApi(["ada", "bob", "eve", "zoe"], ["zoe"])

    assert do(actions, "prepare", api) == "3 servers are started, 2 at once"
    wait_until(lambda: len(api.running) == 4, 10, "all of them run")
    assert api.log == ["start ada", "start bob", "start eve"]
    wait_until(lambda: do(actions, "prepare", api) == "everybody who has been here has a server", 10, "it is done")


def test_more_servers_than_fit_are_not_started(actions: Actions) -> None:
    api = FakeApi([f"p{n}" for n in range(5)])
    with pytest.raises(PophubError, match="5 servers would run, and it holds 4"):
        do(actions, "prepare", api)
    assert api.log == []


@pytest.mark.parametrize(
    ("name", "asked", "problem"), [("fly", {}, "no action 'fly'"), ("stop", {}, "nobody is named")]
)
def test_what_cannot_be_meant_is_refused(actions: Actions, name: str, asked: dict[str, str], problem: str) -> None:
    with pytest.raises(PophubError, match=problem):
        do(actions, name, FakeApi(), **asked)


def test_a_helper_who_has_left_is_told_so(actions: Actions) -> None:
    class Refuses(FakeApi):
        def stop(self, user: str) -> None:
            raise HubRefused("403")

    with pytest.raises(PophubError, match="the hub does not allow you to do this"):
        do(actions, "stop", Refuses(), user="ada")
