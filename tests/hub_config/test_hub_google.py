"""Signing in with Google at a running hub, whose helpers may open servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.fake_participant import FakeParticipant, Refused
from lab.google import LabGoogle
from lab.google_accounts import Account, accounts_for
from lab.hub import LabHub
from pophub.organizer.event.event_file import load_event
from tests.conftest import unpacked

pytestmark = pytest.mark.hub
EVENT = Path(__file__).with_name("uni.yaml")


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabGoogle]:
    accounts = (*accounts_for(load_event(EVENT)), Account("charles@uni.example", "uni.example"))
    with LabGoogle(accounts, tmp_path_factory.mktemp("google")) as google:
        yield google


@pytest.fixture(scope="module")
def hub(google: LabGoogle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    folder = unpacked(load_event(EVENT), tmp_path_factory.mktemp("hub"))
    with LabHub(folder, google, servers="processes") as hub:
        yield hub


def signed_in(hub: LabHub, address: str, name: str) -> FakeParticipant:
    participant = FakeParticipant(hub.url, address, name)
    participant.sign_in()
    return participant


@pytest.mark.parametrize(
    ("address", "name"),
    [("ada@uni.example", "ada"), ("ada@lab.example", "ada@lab.example"), ("Grace@uni.example", "grace")],
)
def test_people_of_the_domains_sign_in(hub: LabHub, address: str, name: str) -> None:
    assert signed_in(hub, address, name).ask_api("GET", "user").json()["name"] == name


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mallory@elsewhere.example", "This hub is for accounts of uni.example or lab.example"),
        ("carol@gmail.com", "Choose the one of uni.example or lab.example"),
        ("private@uni.example", "your university or company has made it"),
        ("unproven@uni.example", "Confirm your address"),
    ],
)
def test_everybody_else_is_refused_with_a_page_that_says_what_to_do(hub: LabHub, address: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        FakeParticipant(hub.url, address).sign_in()

    assert refusal.value.status == 403
    assert f"You are signed in at Google as {address}" in refusal.value.text
    assert words in refusal.value.text


def test_a_guest_may_be_of_another_domain_and_must_have_a_verified_address(hub: LabHub) -> None:
    helper = signed_in(hub, "Grace@uni.example", "grace")
    for guest in ("carol@gmail.com", "unproven@uni.example", "unproven"):
        assert helper.ask_api("POST", f"users/{guest}").status_code == 201
    name = signed_in(hub, "carol@gmail.com", "carol@gmail.com").ask_api("GET", "user").json()["name"]
    with pytest.raises(Refused, match="Confirm your address"):
        FakeParticipant(hub.url, "unproven@uni.example").sign_in()
    for guest in ("carol@gmail.com", "unproven@uni.example", "unproven"):
        helper.ask_api("DELETE", f"users/{guest}")

    assert name == "carol@gmail.com"
    with pytest.raises(Refused):
        FakeParticipant(hub.url, "carol@gmail.com").sign_in()


def test_a_helper_opens_a_participants_server_where_the_event_file_says_so(hub: LabHub) -> None:
    helper, ada = signed_in(hub, "Grace@uni.example", "grace"), signed_in(hub, "ada@uni.example", "ada")
    other = signed_in(hub, "ada@lab.example", "ada@lab.example")
    ada.start_server()

    assert helper.opens_server_of("ada")
    assert not other.opens_server_of("ada")
    assert "helpers can open your server" in FakeParticipant(hub.url, "").get("/hub/login").text


def test_only_the_helpers_are_admins(hub: LabHub) -> None:
    helper = signed_in(hub, "Grace@uni.example", "grace")
    people = helper.ask_api("GET", "users").json()

    assert [person["name"] for person in people if person["admin"]] == ["grace"]


def test_who_cancels_is_told_so(hub: LabHub) -> None:
    with pytest.raises(Refused) as refusal:
        FakeParticipant(hub.url, "charles@uni.example").sign_in("cancel")

    assert refusal.value.status == 400
    assert "You pressed Cancel at Google" in refusal.value.text
    assert 'href="/hub/login">Try again</a>' in refusal.value.page


@pytest.mark.parametrize(
    ("path", "trouble", "words"),
    [
        ("/oauth2/v4/token", "unavailable", "Google does not answer just now"),
        ("/oauth2/v4/token", "another page", "Google does not answer just now"),
        ("/oauth2/v1/userinfo", "bad gateway", "Google does not answer just now"),
        ("/oauth2/v1/userinfo", "secondary limit, 429", "Try again in about 1 minute."),
        ("/oauth2/v1/userinfo", "Google's limit", "Try again in about 1 minute."),
        ("/oauth2/v1/userinfo", "bare refusal", "it answered with status 403"),
        ("/oauth2/v1/userinfo", "another page", "Google does not answer just now"),
        ("/oauth2/v1/userinfo", "cut off", "Google does not answer just now"),
        ("/oauth2/v1/userinfo", "token revoked", "The sign-in did not finish"),
    ],
)
def test_a_google_that_says_nothing_refuses_nobody(
    hub: LabHub, google: LabGoogle, path: str, trouble: str, words: str
) -> None:
    with google.fault((path, trouble)), pytest.raises(Refused) as refusal:
        FakeParticipant(hub.url, "ada@uni.example", "ada").sign_in()

    assert words in refusal.value.text
    assert "This hub is for accounts of" not in refusal.value.text


@pytest.mark.parametrize(
    ("error", "words"), [("org_internal", "Choose another account"), ("admin_policy_enforced", "administrators")]
)
def test_what_googles_administrators_forbid_is_told(hub: LabHub, error: str, words: str) -> None:
    answer = FakeParticipant(hub.url, "").get(f"/hub/oauth_callback?error={error}")

    assert "Google does not let this account in" in answer.text
    assert words in answer.text


def test_a_wrong_secret_blames_nobody_who_signs_in(hub: LabHub, google: LabGoogle) -> None:
    with google.fault(("/oauth2/v4/token", "another secret")), pytest.raises(Refused) as refusal:
        FakeParticipant(hub.url, "ada@uni.example").sign_in()

    assert refusal.value.status == 503
    assert "GOOGLE_CLIENT_SECRET" in refusal.value.text
