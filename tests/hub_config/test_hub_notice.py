"""A stop that stands announced at a real hub: everybody is told, nobody is at work for it, and who has a server may ask."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests

from lab.fake_participant import FakeParticipant
from lab.github import LabGitHub
from pophub.organizer.event.event import Event
from tests.hub_config.noticed import Noticed, noticed

pytestmark = pytest.mark.hub
CONFIG = re.compile(r'id="jupyter-config-data"[^>]*>(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def place(hackweek: Event, lab_github: LabGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Noticed]:
    with noticed(hackweek, lab_github, tmp_path_factory.mktemp("noticed")) as place:
        yield place


@pytest.fixture(autouse=True)
def _nothing_is_announced(place: Noticed) -> None:
    place.forget()


def signed_in(place: Noticed, person: str) -> FakeParticipant:
    participant = FakeParticipant(place.hub.url, person)
    participant.sign_in()
    return participant


@pytest.fixture(scope="module")
def helper(place: Noticed) -> FakeParticipant:
    return signed_in(place, "octocat")


@pytest.fixture(scope="module")
def ada(place: Noticed) -> FakeParticipant:
    participant = signed_in(place, "ada")
    participant.start_server()
    return participant


def lab_token(participant: FakeParticipant) -> str:
    """What JupyterLab's page holds."""
    (config,) = CONFIG.findall(participant.get(f"/user/{participant.name}/lab").text)
    return str(json.loads(config)["token"])


def ask(place: Noticed, token: str) -> requests.Response:
    return requests.post(place.address, headers={"Authorization": f"token {token}"}, timeout=30)


def last_activity(helper: FakeParticipant, name: str) -> tuple[str, str | None]:
    """Of the person and of their server."""
    user: dict[str, Any] = helper.ask_api("GET", f"users/{name}").json()
    server = user["servers"].get("")
    return user["last_activity"], server and server["last_activity"]


def helper_activity(place: Noticed, helper: FakeParticipant) -> str:
    """The helper's own, who would be active by asking in a browser."""
    with sqlite3.connect(place.hub.state / "jupyterhub.sqlite") as database:
        ((found,),) = database.execute("select last_activity from users where name = ?", [helper.name]).fetchall()
    return str(found)


def test_everybody_is_told_and_nobody_is_at_work_for_it(
    place: Noticed, helper: FakeParticipant, ada: FakeParticipant
) -> None:
    assert requests.get(place.address, timeout=30).json() == {}
    before = last_activity(helper, "ada")
    notice = place.announce()
    told = ada.browser.get(place.address, timeout=30)

    assert told.headers["Cache-Control"] == "no-store"
    assert 590 <= told.json().pop("seconds") <= 600
    assert {**told.json(), "seconds": 0} == {**notice, "seconds": 0}
    assert last_activity(helper, "ada") == before


def test_what_a_server_asks_about_a_tab_makes_nobody_active(
    place: Noticed, helper: FakeParticipant, ada: FakeParticipant
) -> None:
    token, before = lab_token(ada), last_activity(helper, "ada")
    headers = {"Authorization": f"token {token}"}

    assert requests.get(f"{place.hub.url}/hub/api/user", headers=headers, timeout=30).json()["name"] == "ada"
    assert last_activity(helper, "ada") == before


@pytest.mark.parametrize("address", ["api/metrics", "metrics", "api/users", "api/user"])
def test_a_program_with_a_helpers_token_makes_nobody_active(
    place: Noticed, helper: FakeParticipant, address: str
) -> None:
    """As Prometheus has one."""
    made = helper.ask_api("POST", "users/octocat/tokens", {"note": "Prometheus"}).json()
    before = helper_activity(place, helper)
    headers = {"Authorization": f"token {made['token']}"}

    for _ in range(2):
        assert requests.get(f"{place.hub.url}/hub/{address}", headers=headers, timeout=30).ok
    assert helper_activity(place, helper) == before
    (used,) = [
        it for it in helper.ask_api("GET", "users/octocat/tokens").json()["api_tokens"] if it["id"] == made["id"]
    ]
    assert used["last_activity"]


def test_who_opens_a_page_is_active(place: Noticed, helper: FakeParticipant) -> None:
    before = helper_activity(place, helper)
    helper.get("/hub/home")

    assert helper_activity(place, helper) > before


def test_who_has_a_server_asks_for_the_hour_once_for_everybody(
    place: Noticed, helper: FakeParticipant, ada: FakeParticipant
) -> None:
    token, before = lab_token(ada), last_activity(helper, "ada")
    notice = place.announce()
    answer = ask(place, token)

    assert (answer.status_code, answer.json()) == (200, {"clock": "18:30"})
    assert json.loads(place.asked.read_text()) == [notice["keep"]["until"]]
    assert requests.get(place.address, timeout=30).json() == {}
    assert "This hub stops" not in helper.get("/hub/home").text
    for then, now in zip(before, last_activity(helper, "ada"), strict=True):
        assert datetime.fromisoformat(str(now)) > datetime.fromisoformat(str(then))

    written = place.asked.stat()
    assert ask(place, token).ok
    assert place.asked.stat() == written


def test_nobody_else_can_ask(place: Noticed, helper: FakeParticipant, ada: FakeParticipant) -> None:
    place.announce()
    made = ada.ask_api("POST", "users/ada/tokens", {"note": "a test", "scopes": ["read:users:name!user"]}).json()
    alone = signed_in(place, "grace").ask_api("POST", "users/grace/tokens", {"note": "a test"}).json()
    answers = {
        "a stranger": requests.post(place.address, timeout=30),
        "a page that means harm": ada.browser.post(place.address, headers={"Origin": "https://x.example"}, timeout=30),
        "one's own cookie": ada.ask_api("POST", "stop-notice"),
        "a token for something else": ask(place, made["token"]),
        "somebody without a server": ask(place, alone["token"]),
    }

    assert {who: answer.status_code for who, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert "running server" in answers["somebody without a server"].json()["message"]
    assert not place.asked.exists()


def test_nothing_can_be_asked_for_where_nothing_is_offered_or_it_is_too_late(
    place: Noticed, ada: FakeParticipant
) -> None:
    token = lab_token(ada)
    statuses = [ask(place, token).status_code]
    place.announce(keep=False)
    statuses.append(ask(place, token).status_code)
    place.announce(seconds=-1)
    statuses.append(ask(place, token).status_code)

    assert statuses == [409, 409, 409]
    assert "save your work" in ask(place, token).json()["message"]
    assert not place.asked.exists()
