"""Signing in at the lab's GitHub, as a hub and a browser do it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from pophub.lab.pages import Page


def test_everybody_stands_on_the_sign_in_page(oauth_app: Any) -> None:
    answer = oauth_app.browser.get(oauth_app.github.url + "/login")
    (form,) = Page(answer.text).forms

    assert [value for _, value in form.buttons] == ["ada", "Carol-X", "grace", "mallory", "olga"]


def test_who_is_not_signed_in_signs_in_first_and_comes_back(oauth_app: Any) -> None:
    asked = oauth_app.authorize()
    login = oauth_app.browser.get(oauth_app.github.url + asked.headers["Location"])
    back = oauth_app.click(login, "login", "mallory")

    assert urlsplit(asked.headers["Location"]).path == "/login"
    assert urlsplit(back.headers["Location"]).path == "/login/oauth/authorize"


def test_the_first_time_a_person_is_asked_and_later_not(oauth_app: Any) -> None:
    oauth_app.sign_in("grace")
    first = oauth_app.authorize("read:org gist")
    oauth_app.agree(first)
    second = oauth_app.authorize("read:org gist")

    assert "signed in as grace" in Page(first.text).text
    assert "read:org gist" in Page(first.text).text
    assert second.status_code == 302
    assert "code" in oauth_app.agree(second)


def test_the_state_comes_back(oauth_app: Any) -> None:
    oauth_app.sign_in("ada")

    assert oauth_app.agree(oauth_app.authorize())["state"] == "the state"


def test_who_cancels_sends_no_code(oauth_app: Any) -> None:
    oauth_app.sign_in("olga")
    answer = oauth_app.agree(oauth_app.authorize("repo"), "cancel")

    assert answer["error"] == "access_denied"
    assert "code" not in answer


def test_a_person_can_become_another(oauth_app: Any) -> None:
    oauth_app.sign_in("ada")
    out = oauth_app.browser.get(oauth_app.github.url + "/logout", allow_redirects=False)

    assert out.headers["Location"].startswith("/login")
    assert oauth_app.authorize().headers["Location"].startswith("/login")


def test_nobody_can_be_somebody_who_is_not_there(oauth_app: Any) -> None:
    page = oauth_app.browser.get(oauth_app.github.url + "/login")

    assert oauth_app.click(page, "login", "root").status_code == 422


def test_a_form_from_elsewhere_is_refused(oauth_app: Any) -> None:
    answer = oauth_app.browser.post(oauth_app.github.url + "/session", data={"login": "ada"})

    assert answer.status_code == 403


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", ""])
def test_signing_in_leads_nowhere_else(oauth_app: Any, place: str) -> None:
    page = oauth_app.browser.get(oauth_app.github.url + "/login", params={"return_to": place})

    assert oauth_app.click(page, "login", "ada").headers["Location"] == "/login"


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"client_id": "another"}, 404), ({"redirect_uri": "https://evil.example/hub/oauth_callback"}, 400)],
)
def test_another_app_or_address_is_refused(oauth_app: Any, changes: dict[str, str], status: int) -> None:
    assert oauth_app.authorize(**changes).status_code == status


def test_a_page_that_is_not_there_says_so(oauth_app: Any) -> None:
    answer = requests.get(oauth_app.github.url + "/geohackweek")

    assert answer.status_code == 404
    assert "The lab has no such page" in Page(answer.text).text


def test_a_code_gives_one_token_with_the_scope_agreed_to(oauth_app: Any) -> None:
    oauth_app.sign_in("ada")
    code = oauth_app.agree(oauth_app.authorize())["code"]
    first, second = oauth_app.token(code), oauth_app.token(code)

    assert (first["token_type"], first["scope"]) == ("bearer", "read:org")
    assert second["error"] == "bad_verification_code"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "guessed"}, "incorrect_client_credentials"),
        ({"client_id": "another"}, "incorrect_client_credentials"),
        ({"code_verifier": "w" * 43}, "bad_verification_code"),
        ({"code_verifier": ""}, "bad_verification_code"),
        ({"redirect_uri": "http://127.0.0.1:2/"}, "bad_verification_code"),
    ],
)
def test_a_token_is_not_given_away(oauth_app: Any, changes: dict[str, str], error: str) -> None:
    oauth_app.sign_in("ada")
    code = oauth_app.agree(oauth_app.authorize())["code"]
    answer = oauth_app.token(code, **changes)

    assert answer["error"] == error
    assert "access_token" not in answer
