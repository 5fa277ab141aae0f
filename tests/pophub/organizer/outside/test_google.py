"""What the lab's Google answers before anything is deployed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from lab.google import LabGoogle
from lab.google_accounts import Account
from pophub.organizer.outside import google as module
from pophub.organizer.outside.google import CALLBACK, CREDENTIALS, GoogleSite, examine, site_from
from pophub.organizer.outside.provider import Answer, AnswerKind, Credentials, Reply

DOMAINS = ["uni.example"]
DOMAIN = "hub.example.org"


@pytest.fixture
def google(tmp_path: Path) -> Iterator[LabGoogle]:
    with LabGoogle([Account("ada@uni.example", "uni.example")], tmp_path, callback_hosts=[DOMAIN]) as google:
        yield google


def asked(google: LabGoogle, domain: str = DOMAIN, **changes: str) -> Mapping[str, Answer]:
    return {answer.subject: answer for answer in examine(DOMAINS, domain, {**google.environment, **changes})}


def test_an_event_whose_sign_in_is_right(google: LabGoogle) -> None:
    verdicts = {subject: answer.kind for subject, answer in asked(google).items()}

    assert verdicts == {
        CREDENTIALS: AnswerKind.YES,
        CALLBACK: AnswerKind.YES,
        "Workspace domain uni.example": AnswerKind.UNKNOWN,
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"GOOGLE_CLIENT_SECRET": "guessed"}, "does not accept the secret"),
        ({"GOOGLE_CLIENT_ID": "guessed"}, "no OAuth client with this id"),
    ],
)
def test_a_wrong_id_and_a_wrong_secret_are_told_apart(google: LabGoogle, changes: dict[str, str], words: str) -> None:
    answer = asked(google, **changes)[CREDENTIALS]

    assert answer.kind is AnswerKind.NO
    assert words in answer.words
    assert "console.cloud.google.com" in answer.next_step


def test_a_redirect_uri_that_is_not_registered(google: LabGoogle) -> None:
    answer = asked(google, "hub.elsewhere.org")[CALLBACK]

    assert answer.kind is AnswerKind.NO
    assert "https://hub.elsewhere.org/hub/oauth_callback" in answer.next_step


def test_google_may_say_so_on_a_page_that_it_sends_us_to(monkeypatch: pytest.MonkeyPatch) -> None:
    told = base64.urlsafe_b64encode(b"\n\x15redirect_uri_mismatch\x12").decode().rstrip("=")
    there = {"location": f"https://accounts.google.com/signin/oauth/error?authError={told}"}
    monkeypatch.setattr(module, "ask", lambda *_: Reply(302, there, b""))

    assert GoogleSite(client=Credentials("a", "b")).callback(DOMAIN).kind is AnswerKind.NO


def test_a_google_that_accepts_every_address_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ask", lambda *_: Reply(302, {"location": "/v3/signin/identifier?authError=x"}, b""))

    assert GoogleSite(client=Credentials("a", "b")).callback(DOMAIN).kind is AnswerKind.UNKNOWN


@pytest.mark.parametrize(("trouble", "words"), [("bad gateway", "status 502"), ("secondary limit, 429", "too often")])
def test_a_google_that_is_ill_is_no_answer(google: LabGoogle, trouble: str, words: str) -> None:
    with google.fault(("/", trouble)):
        answers = asked(google)

    assert {answer.kind for answer in answers.values()} == {AnswerKind.UNKNOWN}
    assert words in answers[CREDENTIALS].words


def test_no_id_and_secret_in_the_environment_are_asked_for(google: LabGoogle) -> None:
    answers = asked(google, GOOGLE_CLIENT_ID="")

    assert answers[CREDENTIALS].kind is AnswerKind.UNKNOWN
    assert "GOOGLE_CLIENT_ID" in answers[CREDENTIALS].next_step


def test_google_is_where_the_environment_says() -> None:
    assert site_from({}) == GoogleSite("https://www.googleapis.com", "https://accounts.google.com", None)
    assert site_from({"GOOGLE_API_URL": "http://lab/"}).accounts == "http://lab"
