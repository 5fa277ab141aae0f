"""Signing in with Google at a running hub, whose helpers may open servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pophub.event_file import load_event
from pophub.lab.google import LabGoogle
from pophub.lab.google_accounts import accounts_for
from pophub.lab.hub import LabHub
from pophub.lab.visitor import Refused, Visitor
from tests.conftest import unpacked

pytestmark = pytest.mark.hub
EVENT = Path(__file__).with_name("uni.yaml")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    event = load_event(EVENT)
    folder = unpacked(event, tmp_path_factory.mktemp("google"))
    with (
        LabGoogle(accounts_for(event), folder) as google,
        LabHub(folder, google, servers="processes") as hub,
    ):
        yield hub


def signed_in(hub: LabHub, address: str, name: str) -> Visitor:
    visitor = Visitor(hub.url, address, name)
    visitor.sign_in()
    return visitor


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
        Visitor(hub.url, address).sign_in()

    assert refusal.value.status == 403
    assert f"You are signed in at Google as {address}" in refusal.value.text
    assert words in refusal.value.text


def test_a_guest_may_be_of_another_domain_and_must_have_a_verified_address(hub: LabHub) -> None:
    helper = signed_in(hub, "Grace@uni.example", "grace")
    for guest in ("carol@gmail.com", "unproven@uni.example", "unproven"):
        assert helper.ask_api("POST", f"users/{guest}").status_code == 201
    name = signed_in(hub, "carol@gmail.com", "carol@gmail.com").ask_api("GET", "user").json()["name"]
    with pytest.raises(Refused, match="Confirm your address"):
        Visitor(hub.url, "unproven@uni.example").sign_in()
    for guest in ("carol@gmail.com", "unproven@uni.example", "unproven"):
        helper.ask_api("DELETE", f"users/{guest}")

    assert name == "carol@gmail.com"
    with pytest.raises(Refused):
        Visitor(hub.url, "carol@gmail.com").sign_in()


def test_a_helper_opens_a_participants_server_where_the_event_file_says_so(hub: LabHub) -> None:
    helper, ada = signed_in(hub, "Grace@uni.example", "grace"), signed_in(hub, "ada@uni.example", "ada")
    other = signed_in(hub, "ada@lab.example", "ada@lab.example")
    ada.start_server()

    assert helper.opens_server_of("ada")
    assert not other.opens_server_of("ada")
    assert "helpers can open your server" in Visitor(hub.url, "").get("/hub/login").text


def test_only_the_helpers_are_admins(hub: LabHub) -> None:
    helper = signed_in(hub, "Grace@uni.example", "grace")
    people = helper.ask_api("GET", "users").json()

    assert [person["name"] for person in people if person["admin"]] == ["grace"]
