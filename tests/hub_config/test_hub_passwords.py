"""Signing in with the event's password at a running hub."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lab.child_process import descendants
from lab.fake_participant import FakeParticipant, Refused
from lab.hub import LabHub, Secrets
from pophub.hub.rehearsal.pages import Page
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login
from tests.conftest import unpacked

pytestmark = pytest.mark.hub
PASSWORD, ADMIN_PASSWORD = "participants-only", "for the helpers, 32 characters or more"


@pytest.fixture(scope="module")
def hub(hackweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    login = Login.model_validate({"shared_password": {"admins": ["Grace"]}})
    folder = unpacked(hackweek.model_copy(update={"login": login}), tmp_path_factory.mktemp("passwords"))
    secrets = Secrets({"SHARED_PASSWORD": PASSWORD, "ADMIN_PASSWORD": ADMIN_PASSWORD})
    with LabHub(folder, secrets, servers="processes") as hub:
        yield hub


def test_who_has_the_password_is_in_under_a_name_of_their_own(hub: LabHub) -> None:
    ada = FakeParticipant(hub.url, "Ada")
    ada.sign_in_with(PASSWORD)

    assert ada.ask_api("GET", "user").json()["name"] == "ada"
    assert not ada.ask_api("GET", "user").json()["admin"]
    assert ada.get("/hub/admin").status_code == 403


def test_a_helper_has_a_password_of_their_own(hub: LabHub) -> None:
    grace = FakeParticipant(hub.url, "grace")
    with pytest.raises(Refused, match="Helpers have a password of their own"):
        grace.sign_in_with(PASSWORD)
    grace.sign_in_with(ADMIN_PASSWORD)

    assert grace.get("/hub/admin").ok


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "guessed"), ("ada", ADMIN_PASSWORD), ("ada", ""), ("../ada", PASSWORD), ("", PASSWORD)],
)
def test_nobody_else_gets_in_and_the_page_stays_a_form(hub: LabHub, name: str, password: str) -> None:
    with pytest.raises(Refused) as refusal:
        FakeParticipant(hub.url, name).sign_in_with(password)

    assert refusal.value.status == 403
    assert "The user name or the password is not right." in refusal.value.text
    assert "password" in Page(refusal.value.page).forms[0].fields


def test_a_form_from_elsewhere_is_refused(hub: LabHub) -> None:
    answer = requests.post(f"{hub.url}/hub/login", data={"username": "ada", "password": PASSWORD})

    assert answer.status_code == 403
    assert "Login form invalid or expired" in Page(answer.text).text
    assert not [cookie for cookie in answer.cookies if "login" in cookie.name]


def test_neither_password_is_written_down_or_told(hub: LabHub) -> None:
    files = [path for path in hub.state.parent.rglob("*") if path.is_file()]
    arguments = [Path(f"/proc/{pid}/cmdline").read_text() for pid in descendants(os.getpid())]

    assert len(files) > 10
    for secret in (PASSWORD, ADMIN_PASSWORD):
        assert not [path for path in files if secret.encode() in path.read_bytes()]
        assert not [line for line in arguments if secret in line]


def test_nobody_signs_in_as_one_of_a_rehearsal(hub: LabHub) -> None:
    with pytest.raises(Refused) as refused:
        FakeParticipant(hub.url, "~rehearsal-1").sign_in_with(PASSWORD)

    assert refused.value.status == 403
    assert "~rehearsal-1" in refused.value.text
