"""Signing in with GitHub at a running hub: each answer of GitHub becomes a page that says what it is, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.fake_participant import FakeParticipant, Refused
from lab.github import LabGitHub
from lab.hub import LabHub
from pophub.organizer.event.event import Event
from tests.hub_config.refused import DIRECTORY, hub_of_all

pytestmark = pytest.mark.hub
CONTACT = "organizers@geohackweek.example.org"


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabGitHub]:
    with LabGitHub(DIRECTORY, tmp_path_factory.mktemp("github")) as github:
        yield github


@pytest.fixture(scope="module")
def hub(hackweek: Event, github: LabGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    with hub_of_all(hackweek, github, tmp_path_factory.mktemp("hub")) as hub:
        yield hub


def refusal(hub: LabHub, person: str, decision: str = "authorize") -> Refused:
    with pytest.raises(Refused) as refused:
        FakeParticipant(hub.url, person).sign_in(decision)
    assert CONTACT in refused.value.text
    assert 'href="/hub/login">Try again</a>' in refused.value.page
    return refused.value


@pytest.mark.parametrize(
    ("person", "heading", "links"),
    [
        ("saskia", "One more step at GitHub", ["/orgs/corp/sso", "/settings/connections/applications/"]),
        ("stefan", "One more step at GitHub", ["/orgs/campus/sso"]),
        ("ivy", "Your invitation is waiting at GitHub", ["/orgs/geohackweek/invitation"]),
        ("olga", "Your organization has not approved this hub yet", ["/settings/connections/applications/"]),
        ("heidi", "You are not in this event's team yet", []),
        (
            "sil",
            "Your GitHub account is not on this event's list yet",
            ["/orgs/silent/invitation", "/orgs/silent/sso", "/settings/connections/applications/"],
        ),
        ("mallory", "Your GitHub account is not on this event's list yet", ["/logout", "/orgs/corp/sso"]),
    ],
)
def test_who_is_refused_learns_what_is_missing(
    hub: LabHub, github: LabGitHub, person: str, heading: str, links: list[str]
) -> None:
    page = refusal(hub, person)

    assert page.status == 403
    assert heading in page.text
    assert [link for link in links if f'href="{github.url}{link}' not in page.page] == []


def test_a_member_who_has_opened_the_organizations_sign_in_gets_in(hub: LabHub, github: LabGitHub) -> None:
    saskia = FakeParticipant(hub.url, "saskia")
    with pytest.raises(Refused):
        saskia.sign_in()
    saskia.press(f"{github.url}/orgs/corp/sso", decision="continue")

    assert saskia.sign_in().ok


def test_one_organization_is_enough_whatever_another_one_says(hub: LabHub) -> None:
    assert FakeParticipant(hub.url, "both").sign_in().ok


def test_who_cancels_is_told_so(hub: LabHub) -> None:
    page = refusal(hub, "carl", "cancel")

    assert page.status == 400
    assert "You pressed Cancel at GitHub" in page.text
    assert "denied" not in page.text


@pytest.mark.parametrize(
    ("path", "trouble", "words"),
    [
        ("/api/v3/orgs/", "primary limit", "Try again in about 25 minutes"),
        ("/api/v3/orgs/", "primary limit, 429", "Try again in about 25 minutes"),
        ("/api/v3/orgs/", "secondary limit", "Try again in about 1 minute."),
        ("/api/v3/orgs/", "secondary limit, 429", "Try again in about 1 minute."),
        ("/api/v3/orgs/", "internal error", "GitHub does not answer just now"),
        ("/api/v3/orgs/", "unavailable", "GitHub does not answer just now"),
        ("/api/v3/orgs/", "no answer", "GitHub does not answer just now"),
        ("/api/v3/orgs/", "bad gateway", "it answered with status 502"),
        ("/api/v3/orgs/", "cut off", "GitHub does not answer just now"),
        ("/api/v3/orgs/", "another page", "GitHub does not answer just now"),
        ("/api/v3/orgs/", "unprocessable", "Validation Failed"),
        ("/api/v3/orgs/", "bare refusal", "it answered with status 403"),
        ("/api/v3/orgs/", "IP allow list", "has an IP allow list enabled"),
        ("/api/v3/orgs/", "token revoked", "The sign-in did not finish"),
        ("/api/v3/user/memberships/", "unavailable", "it answered with status 503"),
        ("/api/v3/user/memberships/", "another page", "GitHub does not answer just now"),
        ("/api/v3/user/memberships/", "secondary limit", "Try again in about 1 minute."),
        ("/api/v3/user$", "bad gateway", "GitHub does not answer just now"),
        ("/api/v3/user$", "another page", "GitHub does not answer just now"),
        ("/api/v3/user$", "token revoked", "The sign-in did not finish"),
        ("/login/oauth/access_token", "secondary limit", "GitHub is asked too often just now"),
        ("/login/oauth/access_token", "gateway timeout", "GitHub does not answer just now"),
        ("/login/oauth/access_token", "cut off", "GitHub does not answer just now"),
        ("/login/oauth/access_token", "another page", "GitHub does not answer just now"),
    ],
)
def test_a_github_that_says_nothing_refuses_nobody(
    hub: LabHub, github: LabGitHub, path: str, trouble: str, words: str
) -> None:
    with github.fault((path, trouble)):
        page = refusal(hub, "mallory")

    assert page.status == (400 if trouble == "token revoked" else 503)
    assert words in page.text
    assert "on this event's list" not in page.text


def test_the_log_has_the_status_of_an_answer_that_says_nothing(hub: LabHub, github: LabGitHub) -> None:
    with github.fault(("/api/v3/orgs/", "gateway timeout")):
        refusal(hub, "mallory")

    assert "status 504 while asking for a membership" in hub.log.read_text()


def test_a_member_of_one_organization_gets_in_while_another_cannot_be_asked(hub: LabHub, github: LabGitHub) -> None:
    with github.fault(("/api/v3/orgs/corp", "unavailable")):
        assert FakeParticipant(hub.url, "ada").sign_in().ok


def test_a_helper_gets_in_while_no_organization_can_be_asked(hub: LabHub, github: LabGitHub) -> None:
    with github.fault(("/api/v3/orgs/", "unavailable")):
        assert FakeParticipant(hub.url, "octocat").sign_in().ok


def test_a_callback_without_a_beginning_is_begun_again(hub: LabHub) -> None:
    answer = FakeParticipant(hub.url, "ada").get("/hub/oauth_callback?code=x&state=y")

    assert answer.status_code == 400
    assert "The sign-in did not finish" in answer.text
    assert 'href="/hub/login">Try again</a>' in answer.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("redirect_uri_mismatch", "the callback URL at GitHub must be"),
        ("application_suspended", "GitHub has suspended the OAuth app"),
        ("invalid_scope", "invalid_scope"),
    ],
)
def test_what_the_organizers_must_correct_is_told_as_theirs(hub: LabHub, error: str, words: str) -> None:
    answer = FakeParticipant(hub.url, "ada").get(f"/hub/oauth_callback?error={error}&error_description=Too+much")

    assert answer.status_code == 503
    assert "Nothing is wrong with your account" in answer.text
    assert words in answer.text
    # anybody can make such a link
    assert "Too much" not in answer.text


def test_a_wrong_secret_blames_nobody_who_signs_in(hub: LabHub, github: LabGitHub) -> None:
    with github.fault(("/login/oauth/access_token", "another secret")):
        page = refusal(hub, "ada")

    assert page.status == 503
    assert "Nothing is wrong with your account" in page.text
    assert "GITHUB_CLIENT_SECRET" in page.text
