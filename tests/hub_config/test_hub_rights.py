"""What helpers may do at a running hub, what they may not, and what nobody else may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from lab.fake_participant import FakeParticipant, Refused
from lab.hub import LabHub
from pophub.hub.rehearsal.pages import Page

pytestmark = pytest.mark.hub
PAGINATED = "application/jupyterhub-pagination+json"


def signed_in(hub: LabHub, person: str) -> FakeParticipant:
    participant = FakeParticipant(hub.url, person)
    participant.sign_in()
    return participant


@pytest.fixture(scope="module")
def helper(lab_hub: LabHub) -> FakeParticipant:
    return signed_in(lab_hub, "octocat")


@pytest.fixture(scope="module")
def ada(lab_hub: LabHub) -> Iterator[FakeParticipant]:
    participant = signed_in(lab_hub, "ada")
    participant.start_server()
    yield participant
    participant.sign_out()


def token(participant: FakeParticipant, **wanted: Any) -> dict[str, str]:
    """What a program sends that has a token of this person."""
    answer = participant.ask_api("POST", f"users/{participant.name}/tokens", {"note": "a test", **wanted})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"token {answer.json()['token']}"}


def test_a_helper_is_led_to_the_helpers_page_and_a_participant_opens_no_admin_page(
    helper: FakeParticipant, ada: FakeParticipant
) -> None:
    assert "/services/helpers/" in Page(helper.get("/hub/home").text).links
    assert helper.get("/hub/admin").ok
    assert ada.get("/hub/admin").status_code == 403


def test_somebody_whom_a_helper_adds_can_sign_in_until_a_helper_deletes_them(
    lab_hub: LabHub, helper: FakeParticipant
) -> None:
    with pytest.raises(Refused):
        FakeParticipant(lab_hub.url, "heidi").sign_in()
    added = helper.ask_api("POST", "users/heidi")
    heidi = signed_in(lab_hub, "heidi")
    again = signed_in(lab_hub, "heidi")
    deleted = helper.ask_api("DELETE", "users/heidi")

    assert (added.status_code, deleted.status_code) == (201, 204)
    assert heidi.ask_api("GET", "user").status_code == again.ask_api("GET", "user").status_code == 403
    with pytest.raises(Refused):
        FakeParticipant(lab_hub.url, "heidi").sign_in()


def test_somebody_who_was_a_member_and_was_deleted_can_be_added_as_a_guest(
    lab_hub: LabHub, helper: FakeParticipant
) -> None:
    signed_in(lab_hub, "grace")
    helper.ask_api("DELETE", "users/grace")
    added = helper.ask_api("POST", "users/grace")
    group = helper.ask_api("GET", "groups/guests").json()
    helper.ask_api("DELETE", "users/grace")

    assert added.status_code == 201
    assert "grace" in group["users"]


def test_a_helper_stops_and_starts_a_server_and_cannot_open_it(helper: FakeParticipant, ada: FakeParticipant) -> None:
    opened = helper.opens_server_of("ada")
    stopped = helper.ask_api("DELETE", "users/ada/server")
    started = helper.ask_api("POST", "users/ada/server")
    ada.start_server()

    assert not opened
    assert stopped.status_code in (202, 204)
    assert started.status_code in (201, 202)
    assert ada.get("/user/ada/api/contents").ok
    assert not helper.opens_server_of("ada")


@pytest.mark.parametrize(
    ("method", "place", "body"),
    [
        ("POST", "users/ada/tokens", {}),
        ("POST", "users/mallory", {"admin": True}),
        ("PATCH", "users/octocat", {"admin": True}),
        ("PATCH", "users/octocat", {"roles": ["admin"]}),
        ("PATCH", "users/ada", {"name": "bob"}),
        ("PATCH", "users/octocat", {"name": "bob"}),
        ("POST", "users/octocat/tokens", {"scopes": ["access:servers"]}),
        ("POST", "shares/ada/", {"user": "octocat"}),
        ("POST", "groups/friends", {}),
        ("POST", "proxy", {}),
        ("POST", "shutdown", {}),
    ],
)
def test_a_helper_finds_no_way_around(
    helper: FakeParticipant, ada: FakeParticipant, method: str, place: str, body: Any
) -> None:
    answer = helper.ask_api(method, place, body)

    assert answer.status_code >= 400
    assert helper.ask_api("GET", "users/octocat").json()["admin"] is False
    assert not helper.opens_server_of("ada")


def test_nobody_but_the_helpers_has_their_rights(helper: FakeParticipant, ada: FakeParticipant) -> None:
    people = helper.ask_api("GET", "users").json()

    assert {person["name"] for person in people if "helper" in person["roles"]} == {"octocat"}
    assert not [person["name"] for person in people if person["admin"] or "admin" in person["roles"]]
    assert ada.ask_api("GET", "users").status_code == 403
    assert ada.ask_api("POST", "users/heidi").status_code == 403


def test_a_program_with_a_helpers_token_lists_people_page_by_page(
    lab_hub: LabHub, helper: FakeParticipant, ada: FakeParticipant
) -> None:
    headers = {**token(helper, scopes=["list:users"]), "Accept": PAGINATED}
    first = requests.get(f"{lab_hub.url}/hub/api/users?limit=1", headers=headers).json()
    second = requests.get(first["_pagination"]["next"]["url"], headers=headers).json()

    assert [len(page["items"]) for page in (first, second)] == [1, 1]
    assert first["items"] != second["items"]
    assert first["_pagination"]["total"] >= 2


def test_metrics_are_told_to_a_token_that_may_read_them_and_to_no_other(
    lab_hub: LabHub, helper: FakeParticipant, ada: FakeParticipant
) -> None:
    def metrics(headers: dict[str, str]) -> requests.Response:
        return requests.get(f"{lab_hub.url}/hub/metrics", headers=headers)

    told = metrics(token(helper, scopes=["read:metrics"]))

    assert told.ok
    assert "jupyterhub_running_servers" in told.text
    assert metrics(token(helper, scopes=["list:users"])).status_code == 403
    assert metrics(token(ada)).status_code == 403
    assert metrics({}).status_code == 403


def test_each_start_and_stop_is_a_line_of_json_in_the_event_log(lab_hub: LabHub, ada: FakeParticipant) -> None:
    ada.sign_out()
    ada.sign_in()
    ada.start_server()
    lines = [json.loads(line) for line in (lab_hub.state / "events.jsonl").read_text().splitlines()]

    assert {(line["action"], line["username"]) for line in lines} >= {("start", "ada"), ("stop", "ada")}
