"""Signing in at the lab's Google, as a hub and a browser do it."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lab.google import LabGoogle
from pophub.hub.rehearsal.pages import Page

CALLBACK = "http://127.0.0.1:1/hub/oauth_callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Client:
    """What a hub sends to Google, directly and through a browser."""

    def __init__(self, google: LabGoogle) -> None:
        self.google = google
        self.browser = requests.Session()

    def authorize(self, **changes: str) -> requests.Response:
        asked = {"client_id": self.google.client_id, "redirect_uri": CALLBACK, "response_type": "code"}
        query = {**asked, "scope": "openid email", "state": "the state", "code_challenge": CHALLENGE, **changes}
        return self.browser.get(f"{self.google.url}/o/oauth2/v2/auth", params=query)

    def press(self, page: requests.Response, name: str, value: str) -> requests.Response:
        (form,) = Page(page.text).forms
        return self.browser.post(page.url, data={**form.fields, name: value}, allow_redirects=False)

    def back(self, email: str, decision: str = "authorize", **changes: str) -> dict[str, str]:
        """What comes back to the hub; the question is answered if it is asked."""
        answer = self.press(self.authorize(**changes), "login", email)
        if answer.status_code == 200:
            answer = self.press(answer, "decision", decision)
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def token(self, code: str, **changes: str) -> requests.Response:
        known = {"client_id": self.google.client_id, "client_secret": self.google.client_secret}
        body = {**known, "code": code, "grant_type": "authorization_code", "redirect_uri": CALLBACK}
        return requests.post(f"{self.google.url}/oauth2/v4/token", {**body, "code_verifier": VERIFIER, **changes})

    def user(self, token: str) -> requests.Response:
        place = f"{self.google.url}/oauth2/v1/userinfo"
        return requests.get(place, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def client(google: LabGoogle) -> Client:
    return Client(google)


def test_the_account_is_chosen_each_time_and_agreed_to_once(client: Client) -> None:
    accounts = [value for _, value in Page(client.authorize().text).forms[0].buttons]
    asked = client.press(client.authorize(), "login", "ada@uni.example")
    client.back("ada@uni.example")
    later = client.press(client.authorize(), "login", "ada@uni.example")

    assert accounts == ["ada@uni.example", "carol@gmail.com"]
    assert "openid email" in Page(asked.text).text
    assert later.status_code == 302


def test_a_code_gives_one_token_and_the_token_says_who_it_is(client: Client) -> None:
    back = client.back("ada@uni.example")
    first, second = client.token(back["code"]), client.token(back["code"])
    account = client.user(first.json()["access_token"]).json()

    assert back["state"] == "the state"
    assert (first.json()["token_type"], first.json()["scope"]) == ("Bearer", "email openid")
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert account == {"id": "1", "email": "ada@uni.example", "verified_email": True, "hd": "uni.example"}


def test_a_private_account_is_of_no_domain(client: Client) -> None:
    token = client.token(client.back("carol@gmail.com")["code"]).json()["access_token"]

    assert "hd" not in client.user(token).json()


def test_without_the_scope_no_address_is_told(client: Client) -> None:
    token = client.token(client.back("ada@uni.example", scope="openid")["code"]).json()["access_token"]

    assert client.user(token).json() == {"id": "1"}


def test_who_cancels_sends_no_code(client: Client) -> None:
    answer = client.back("ada@uni.example", "cancel", scope="openid email profile")

    assert answer == {"error": "access_denied", "state": "the state"}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"client_id": "another"}, 401),
        ({"redirect_uri": "https://evil.example/hub/oauth_callback"}, 400),
        ({"response_type": "token"}, 400),
    ],
)
def test_another_client_or_address_is_refused(client: Client, changes: dict[str, str], status: int) -> None:
    answer = client.authorize(**changes)

    assert answer.status_code == status
    assert not Page(answer.text).forms


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "guessed"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:2/"}, 400, "invalid_grant"),
    ],
)
def test_a_token_is_not_given_away(client: Client, changes: dict[str, Any], status: int, error: str) -> None:
    answer = client.token(client.back("ada@uni.example")["code"], **changes)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_nobody_can_be_somebody_who_is_not_there_or_ask_without_a_token(client: Client) -> None:
    assert client.press(client.authorize(), "login", "root@uni.example").status_code == 400
    assert client.user("guessed").status_code == 401


def test_a_form_from_elsewhere_is_refused(client: Client) -> None:
    page = client.authorize()

    assert requests.post(page.url, data={"login": "ada@uni.example"}).status_code == 403


def test_google_says_which_of_id_and_secret_is_wrong(client: Client) -> None:
    answers = [client.token("guessed", **{name: "guessed"}).json() for name in ("client_id", "client_secret")]

    assert [answer["error_description"] for answer in answers] == ["The OAuth client was not found.", "Unauthorized"]


def test_another_path_of_the_hub_is_no_redirect_uri(client: Client) -> None:
    answer = client.authorize(redirect_uri="http://127.0.0.1:1/hub/elsewhere")

    assert answer.status_code == 400
    assert "redirect_uri_mismatch" in answer.text
