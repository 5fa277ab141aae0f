"""What the lab's GitHub tells an OAuth app about people; the answers are those GitHub documents."""

from __future__ import annotations

from typing import Any

import pytest
import requests


def test_a_token_knows_whose_it_is_and_hides_the_mail_address(oauth_app: Any) -> None:
    user = oauth_app.ask("Carol-X", "/user").json()

    assert (user["login"], user["email"]) == ("Carol-X", None)


@pytest.mark.parametrize("header", ["", "Bearer guessed", "Basic abc"])
def test_without_a_token_nothing_is_told(oauth_app: Any, header: str) -> None:
    answer = requests.get(oauth_app.github.url + "/api/v3/user", headers={"Authorization": header})

    assert (answer.status_code, answer.json()) == (401, {"message": "Bad credentials"})


@pytest.mark.parametrize(
    ("asks", "about", "scope", "status"),
    [
        ("ada", "ada", "read:org", 204),
        ("Carol-X", "carol-x", "read:org", 204),  # private, and in the hub's spelling
        ("grace", "grace", "read:org", 204),  # through her team
        ("ada", "mallory", "read:org", 404),
        ("Carol-X", "carol-x", "", 404),  # private memberships stay hidden without the scope
        ("ada", "ada", "", 204),  # hers is public
        ("mallory", "mallory", "read:org", 404),
        ("mallory", "ada", "read:org", 204),  # public is public
        ("mallory", "carol-x", "read:org", 404),
    ],
)
def test_membership_is_told_to_members_and_public_membership_to_all(
    oauth_app: Any, asks: str, about: str, scope: str, status: int
) -> None:
    assert oauth_app.ask(asks, f"/orgs/geohackweek/members/{about}", scope).status_code == status


@pytest.mark.parametrize(
    ("asks", "team", "scope", "status"),
    [
        ("grace", "participants", "read:org", 204),
        ("grace", "helpers", "read:org", 404),
        ("grace", "participants", "", 404),
        ("mallory", "participants", "read:org", 404),
    ],
)
def test_team_membership_is_told_with_the_scope_only(
    oauth_app: Any, asks: str, team: str, scope: str, status: int
) -> None:
    place = f"/orgs/geohackweek/teams/{team}/members/{asks}"

    assert oauth_app.ask(asks, place, scope).status_code == status


def test_an_organization_that_has_not_approved_the_app_says_so(oauth_app: Any) -> None:
    answer = oauth_app.ask("olga", "/orgs/closed/members/olga")

    assert answer.status_code == 403
    assert "OAuth App access restrictions" in answer.json()["message"]


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
