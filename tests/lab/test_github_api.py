"""What the lab's GitHub tells an OAuth app about people; the answers are those GitHub documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from lab.directory import Directory, Organization
from lab.github import LabGitHub


def test_a_token_knows_whose_it_is_and_hides_the_mail_address(oauth_app: Any) -> None:
    user = oauth_app.ask("Carol-X", "/user").json()

    assert (user["login"], user["email"]) == ("Carol-X", None)


@pytest.mark.parametrize(
    ("header", "words"),
    [("", "Requires authentication"), ("Bearer guessed", "Bad credentials"), ("Basic abc", "Bad credentials")],
)
def test_without_a_token_nothing_is_told(oauth_app: Any, header: str, words: str) -> None:
    answer = requests.get(oauth_app.github.url + "/api/v3/user", headers={"Authorization": header})

    assert (answer.status_code, answer.json()) == (401, {"message": words})


def test_teams_come_in_pages(oauth_app: Any) -> None:
    first = oauth_app.ask("ada", "/user/teams?per_page=1")
    second = oauth_app.ask("ada", "/user/teams?per_page=1&page=2")

    assert [team["slug"] for team in first.json() + second.json()] == ["participants", "helpers"]
    assert "page=2" in first.links["next"]["url"]
    assert "next" not in second.links
    assert first.json()[0]["organization"] == {"login": "geohackweek"}


@pytest.mark.parametrize(("place", "scope"), [("/user/teams", "user:email"), ("/user/emails", "read:org")])
def test_what_is_outside_the_scope_is_not_found(oauth_app: Any, place: str, scope: str) -> None:
    assert oauth_app.ask("ada", place, scope).status_code == 404


def test_the_mail_address_needs_its_own_scope(oauth_app: Any) -> None:
    (mail,) = oauth_app.ask("ada", "/user/emails", "user:email").json()

    assert mail["email"] == "ada@people.example"


@pytest.mark.parametrize(
    ("place", "kind"),
    [("/users/ADA", "User"), ("/users/corp", "Organization"), ("/orgs/Corp", "Organization"), ("/orgs/ada", None)],
)
def test_a_stranger_sees_which_accounts_there_are(oauth_app: Any, place: str, kind: str | None) -> None:
    answer = requests.get(f"{oauth_app.github.url}/api/v3{place}")

    assert (answer.status_code, answer.json().get("type")) == (200 if kind else 404, kind)


def test_a_program_that_does_not_say_what_it_is_gets_nothing(oauth_app: Any) -> None:
    answer = requests.get(f"{oauth_app.github.url}/api/v3/orgs/corp", headers={"User-Agent": ""})

    assert answer.status_code == 403


def test_a_stranger_may_ask_sixty_times_an_hour_and_the_app_itself_more(tmp_path: Path) -> None:
    with LabGitHub(Directory((), (Organization("corp"),)), tmp_path) as github:
        place = f"{github.url}/api/v3/orgs/corp"
        answers = [requests.get(place) for _ in range(61)]
        by_app = requests.get(place, auth=(github.client_id, github.client_secret))

    assert [answer.status_code for answer in answers] == [200] * 60 + [403]
    assert answers[0].headers["x-ratelimit-remaining"] == "59"
    assert answers[-1].headers["x-ratelimit-remaining"] == "0"
    assert int(answers[-1].headers["x-ratelimit-reset"]) > 0
    assert "rate limit exceeded" in answers[-1].json()["message"]
    assert (by_app.status_code, by_app.headers["x-ratelimit-limit"]) == (200, "5000")
