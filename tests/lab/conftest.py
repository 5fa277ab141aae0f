"""An OAuth app at the lab's GitHub, as a hub is one, with a browser for its participants."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lab.account_kinds import RAISED
from lab.aws import LabAws
from lab.directory import Directory, Organization
from lab.github import LabGitHub
from lab.google import LabGoogle
from lab.google_accounts import Account
from pophub.hub.rehearsal.pages import Page

CALLBACK = "http://127.0.0.1:1/hub/oauth_callback"
VERIFIER = "v" * 43
DIRECTORY = Directory(
    people=("ada", "Carol-X", "grace", "mallory", "olga", "saskia", "ivy"),
    organizations=(
        Organization(
            "geohackweek",
            members=("ada", "Carol-X"),
            teams=(("participants", ("grace", "ada")), ("helpers", ("ada",))),
            public=("ada",),
            invited=("ivy",),
            secret_teams=("helpers",),
        ),
        Organization("closed", members=("olga",), app="refused"),
        Organization("silent", members=("olga",), app="hidden"),
        Organization("corp", members=("saskia",), teams=(("staff", ("saskia",)),), saml=True),
    ),
)


class OAuthApp:
    """What a hub sends to GitHub, directly and through a browser."""

    def __init__(self, github: LabGitHub) -> None:
        self.github = github
        self.browser = requests.Session()

    def authorize(self, scope: str = "read:org", **changes: str) -> requests.Response:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": self.github.client_id,
            "redirect_uri": CALLBACK,
            "scope": scope,
            "state": "the state",
            "code_challenge": challenge,
            **changes,
        }
        return self.browser.get(f"{self.github.url}/login/oauth/authorize", params=query, allow_redirects=False)

    def click(self, answer: requests.Response, name: str, value: str) -> requests.Response:
        (form,) = Page(answer.text).forms
        action = form.action and self.github.url + form.action
        return self.browser.post(action or answer.url, data={**form.fields, name: value}, allow_redirects=False)

    def sign_in(self, person: str) -> None:
        page = self.browser.get(f"{self.github.url}/login")
        self.click(page, "login", person)

    def agree(self, answer: requests.Response, decision: str = "authorize") -> dict[str, str]:
        """The answer that returns to the hub; the question for consent is answered if it is asked."""
        if answer.status_code == 200:
            answer = self.click(answer, "decision", decision)
        place = urlsplit(answer.headers["Location"])
        assert place._replace(query="").geturl() == CALLBACK
        return {name: values[0] for name, values in parse_qs(place.query).items()}

    def token(self, code: str, /, **changes: str) -> dict[str, Any]:
        body = {
            "code": code,
            "client_id": self.github.client_id,
            "client_secret": self.github.client_secret,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            **changes,
        }
        answer = requests.post(f"{self.github.url}/login/oauth/access_token", data=body)
        assert answer.status_code == 200
        return dict(answer.json())

    def ask(self, person: str, place: str, scope: str = "read:org") -> requests.Response:
        """The API's answer to a person who has signed in."""
        self.sign_in(person)
        token = self.token(self.agree(self.authorize(scope))["code"])["access_token"]
        return self.ask_with(token, place)

    def ask_with(self, token: str, place: str) -> requests.Response:
        return requests.get(f"{self.github.url}/api/v3{place}", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="session")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabGitHub]:
    with LabGitHub(DIRECTORY, tmp_path_factory.mktemp("github")) as github:
        yield github


@pytest.fixture(scope="session")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabGoogle]:
    accounts = (Account("ada@uni.example", "uni.example"), Account("carol@gmail.com"))
    with LabGoogle(accounts, tmp_path_factory.mktemp("google")) as google:
        yield google


@pytest.fixture(scope="session")
def lab_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    """One lab AWS for all tests that use names of their own in it."""
    with LabAws(tmp_path_factory.mktemp("aws"), RAISED) as aws:
        yield aws


@pytest.fixture
def oauth_app(github: LabGitHub) -> OAuthApp:
    return OAuthApp(github)


@pytest.fixture
def new_oauth_app(tmp_path: Path) -> Iterator[OAuthApp]:
    """An OAuth app at a GitHub of its own, which has no data of other tests."""
    with LabGitHub(DIRECTORY, tmp_path) as github:
        yield OAuthApp(github)
