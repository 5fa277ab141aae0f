"""OAuth at the lab's GitHub: what a hub sends, and what GitHub refuses."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from pophub.hub.rehearsal.pages import Page


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


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"client_id": "another"}, 404), ({"redirect_uri": "https://evil.example/hub/oauth_callback"}, 400)],
)
def test_another_app_or_address_is_refused(oauth_app: Any, changes: dict[str, str], status: int) -> None:
    assert oauth_app.authorize(**changes).status_code == status


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
        ({"code_verifier": "w" * 43}, "bad_verification_code"),
        ({"code_verifier": ""}, "bad_verification_code"),
        ({"redirect_uri": "http://127.0.0.1:2/hub/oauth_callback"}, "bad_verification_code"),
        ({"redirect_uri": "https://evil.example/hub/oauth_callback"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://127.0.0.1:1/elsewhere"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "https://evil.example/hub/oauth_callback", "code": "guessed"}, "redirect_uri_mismatch"),
        ({"code": "guessed"}, "bad_verification_code"),
        ({"client_secret": "guessed", "code": "guessed"}, "incorrect_client_credentials"),
    ],
)
def test_a_token_is_not_given_away(oauth_app: Any, changes: dict[str, str], error: str) -> None:
    oauth_app.sign_in("ada")
    code = oauth_app.agree(oauth_app.authorize())["code"]
    answer = oauth_app.token(code, **changes)

    assert answer["error"] == error
    assert "access_token" not in answer


def test_a_client_id_that_nobody_has_is_not_found(oauth_app: Any) -> None:
    place = f"{oauth_app.github.url}/login/oauth/access_token"
    answer = requests.post(place, {"client_id": "another", "client_secret": "x", "code": "y"})

    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_a_scope_that_github_does_not_have_is_told_to_the_hub(oauth_app: Any) -> None:
    oauth_app.sign_in("ada")
    answer = oauth_app.agree(oauth_app.authorize("read:org everything"))

    assert answer["error"] == "invalid_scope"
    assert "everything" in answer["error_description"]
