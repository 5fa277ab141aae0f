"""What the lab's GitHub answers before anything is deployed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from lab.directory import Directory, Organization
from lab.github import LabGitHub
from pophub.organizer.login.github import GitHub
from pophub.organizer.outside.github import CALLBACK, CREDENTIALS, GitHubSite, examine, site_from
from pophub.organizer.outside.provider import Answer, AnswerKind, Credentials, answer_all

DOMAIN = "hub.example.org"
DIRECTORY = Directory(
    ("ada",), (Organization("geo", ("ada",), (("staff", ("ada",)),)), Organization("corp", saml=True))
)
LOGIN = GitHub.model_validate({"allow": ["geo", "geo:staff", "corp"], "admins": ["ada"]})


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LabGitHub]:
    with LabGitHub(DIRECTORY, tmp_path, callback_hosts=[DOMAIN]) as github:
        yield github


def asked(github: LabGitHub, login: GitHub = LOGIN, domain: str = DOMAIN, **changes: str) -> Mapping[str, Answer]:
    answers = examine(login.allow, login.admins, domain, {**github.environment, **changes})
    return {answer.subject: answer for answer in answers}


def test_an_event_whose_sign_in_is_right(github: LabGitHub) -> None:
    verdicts = {subject: answer.kind for subject, answer in asked(github).items()}

    assert verdicts == {
        CREDENTIALS: AnswerKind.YES,
        CALLBACK: AnswerKind.YES,
        "organization geo": AnswerKind.YES,
        "approval by geo": AnswerKind.UNKNOWN,
        "single sign-on of geo": AnswerKind.UNKNOWN,
        "organization corp": AnswerKind.YES,
        "approval by corp": AnswerKind.UNKNOWN,
        "single sign-on of corp": AnswerKind.UNKNOWN,
        "team geo:staff": AnswerKind.UNKNOWN,
        "account ada": AnswerKind.YES,
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"GITHUB_CLIENT_SECRET": "guessed"}, "the secret is not its own"),
        ({"GITHUB_CLIENT_ID": "guessed"}, "no OAuth app with this client id"),
    ],
)
def test_a_wrong_id_and_a_wrong_secret_are_told_apart_and_the_rest_is_asked_all_the_same(
    github: LabGitHub, changes: dict[str, str], words: str
) -> None:
    answers = asked(github, **changes)

    assert answers[CREDENTIALS].kind is AnswerKind.NO
    assert words in answers[CREDENTIALS].words
    assert "GITHUB_CLIENT" in answers[CREDENTIALS].next_step
    assert answers[CALLBACK].kind is AnswerKind.UNKNOWN
    assert answers["organization geo"].kind is AnswerKind.YES


def test_no_id_and_secret_in_the_environment_are_asked_for(github: LabGitHub) -> None:
    answers = asked(github, GITHUB_CLIENT_SECRET=" ")

    assert answers[CREDENTIALS].kind is AnswerKind.UNKNOWN
    assert "GITHUB_CLIENT_SECRET" in answers[CREDENTIALS].next_step


def test_another_callback_url_is_told_with_the_right_one(github: LabGitHub) -> None:
    answer = asked(github, domain="hub.elsewhere.org")[CALLBACK]

    assert answer.kind is AnswerKind.NO
    assert "https://hub.elsewhere.org/hub/oauth_callback" in answer.next_step


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere", "GitHub has no organization nowhere"), ("ada", "ada is a person's account")],
)
def test_an_organization_that_is_none(github: LabGitHub, name: str, words: str) -> None:
    answer = asked(github, GitHub.model_validate({"allow": [name]}))[f"organization {name}"]

    assert (answer.kind, answer.words) == (AnswerKind.NO, words)


@pytest.mark.parametrize(
    ("name", "words"), [("nobody", "GitHub has no account nobody"), ("geo", "geo is an organization")]
)
def test_a_helper_who_is_nobody(github: LabGitHub, name: str, words: str) -> None:
    answer = asked(github, GitHub.model_validate({"allow": ["geo"], "admins": [name]}))[f"account {name}"]

    assert (answer.kind, answer.words) == (AnswerKind.NO, words)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("primary limit", "are used up; again at"),
        ("secondary limit, 429", "again in a minute"),
        ("unavailable", "in trouble (status 503)"),
    ],
)
def test_a_limit_or_a_github_that_is_ill_is_no_answer(github: LabGitHub, trouble: str, words: str) -> None:
    with github.fault(("/", trouble)):
        answers = asked(github)

    assert {answer.kind for answer in answers.values()} == {AnswerKind.UNKNOWN}
    assert words in answers["organization geo"].words
    assert all(answer.next_step for answer in answers.values())


def test_a_github_that_does_not_answer_is_unknown(github: LabGitHub) -> None:
    with github.fault(("/api/v3/users/", "no answer")):
        answer = asked(github)["account ada"]

    assert answer.kind is AnswerKind.UNKNOWN


def test_the_hourly_limit_of_strangers_is_told_as_that(github: LabGitHub) -> None:
    stranger = {"GITHUB_CLIENT_ID": "", "GITHUB_CLIENT_SECRET": ""}
    many = GitHub.model_validate({"allow": ["geo"], "admins": [f"person-{each}" for each in range(70)]})
    answers = asked(github, many, **stranger).values()

    limited = [answer for answer in answers if "60 questions an hour" in answer.words]
    assert len(limited) == 11
    assert {answer.kind for answer in limited} == {AnswerKind.UNKNOWN}


def test_the_secret_is_in_no_answer(github: LabGitHub) -> None:
    assert github.client_secret not in repr(asked(github))


def test_github_is_where_the_environment_says() -> None:
    here = site_from({"GITHUB_URL": "git.uni.example/", "GITHUB_CLIENT_ID": "a", "GITHUB_CLIENT_SECRET": "b"})

    assert (here.url, here.api) == ("https://git.uni.example", "https://git.uni.example/api/v3")
    assert here.app == Credentials("a", "b")
    assert site_from({}) == GitHubSite("https://github.com")
    assert site_from({}).api == "https://api.github.com"


def test_nothing_to_ask_is_no_answer() -> None:
    assert answer_all([]) == ()
