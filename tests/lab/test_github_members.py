"""What the lab's GitHub says about membership; the answers are those GitHub documents."""

from __future__ import annotations

from typing import Any

import pytest


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


def test_an_organization_may_also_treat_the_app_as_a_stranger(oauth_app: Any) -> None:
    assert oauth_app.ask("olga", "/orgs/silent/members/olga").status_code == 404
    assert oauth_app.ask("olga", "/user/memberships/orgs/silent").status_code == 403


@pytest.mark.parametrize(
    "place", ["/orgs/corp/members/saskia", "/orgs/corp/teams/staff/members/saskia", "/user/memberships/orgs/corp"]
)
def test_members_without_a_session_at_the_organizations_sign_in_are_sent_there(new_oauth_app: Any, place: str) -> None:
    refused = new_oauth_app.ask("saskia", place)
    page = new_oauth_app.browser.get(f"{new_oauth_app.github.url}/orgs/corp/sso")
    new_oauth_app.click(page, "decision", "continue")
    after = new_oauth_app.ask("saskia", place)

    assert refused.status_code == 403
    assert refused.headers["X-GitHub-SSO"].startswith(f"required; url={new_oauth_app.github.url}/orgs/corp/sso?")
    assert "SAML enforcement" in refused.json()["message"]
    assert after.ok


def test_a_token_that_is_older_than_the_session_stays_refused(new_oauth_app: Any) -> None:
    new_oauth_app.sign_in("saskia")
    token = new_oauth_app.token(new_oauth_app.agree(new_oauth_app.authorize())["code"])["access_token"]
    new_oauth_app.click(new_oauth_app.browser.get(f"{new_oauth_app.github.url}/orgs/corp/sso"), "decision", "continue")

    assert new_oauth_app.ask_with(token, "/orgs/corp/members/saskia").status_code == 403


@pytest.mark.parametrize(
    ("asks", "scope", "status", "state"),
    [
        ("ivy", "read:org", 200, "pending"),
        ("ada", "read:org", 200, "active"),
        ("mallory", "read:org", 404, None),
        ("ivy", "", 403, None),
    ],
)
def test_ones_own_membership_may_wait_for_an_answer(
    oauth_app: Any, asks: str, scope: str, status: int, state: str | None
) -> None:
    answer = oauth_app.ask(asks, "/user/memberships/orgs/geohackweek", scope)

    assert (answer.status_code, answer.json().get("state")) == (status, state)


@pytest.mark.parametrize(
    ("asks", "team", "status"),
    [
        ("Carol-X", "participants", 200),
        ("Carol-X", "helpers", 404),
        ("ada", "helpers", 200),
        ("mallory", "participants", 404),
        ("Carol-X", "nobody", 404),
    ],
)
def test_a_secret_team_is_shown_to_its_own_members_only(oauth_app: Any, asks: str, team: str, status: int) -> None:
    assert oauth_app.ask(asks, f"/orgs/geohackweek/teams/{team}").status_code == status
