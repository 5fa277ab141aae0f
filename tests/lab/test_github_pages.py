"""The pages of the lab's GitHub, as a browser sees them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from pophub.hub.rehearsal.pages import Page


def test_everybody_stands_on_the_sign_in_page(oauth_app: Any) -> None:
    answer = oauth_app.browser.get(oauth_app.github.url + "/login")
    (form,) = Page(answer.text).forms

    assert [value for _, value in form.buttons] == ["ada", "Carol-X", "grace", "mallory", "olga", "saskia", "ivy"]


def test_who_is_not_signed_in_signs_in_first_and_comes_back(oauth_app: Any) -> None:
    asked = oauth_app.authorize()
    login = oauth_app.browser.get(oauth_app.github.url + asked.headers["Location"])
    back = oauth_app.click(login, "login", "mallory")

    assert urlsplit(asked.headers["Location"]).path == "/login"
    assert urlsplit(back.headers["Location"]).path == "/login/oauth/authorize"


def test_a_person_can_become_another(oauth_app: Any) -> None:
    oauth_app.sign_in("ada")
    out = oauth_app.browser.get(oauth_app.github.url + "/logout", allow_redirects=False)

    assert out.headers["Location"].startswith("/login")
    assert oauth_app.authorize().headers["Location"].startswith("/login")


def test_nobody_can_be_somebody_who_is_not_there(oauth_app: Any) -> None:
    page = oauth_app.browser.get(oauth_app.github.url + "/login")

    assert oauth_app.click(page, "login", "root").status_code == 422


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", ""])
def test_signing_in_leads_nowhere_else(oauth_app: Any, place: str) -> None:
    page = oauth_app.browser.get(oauth_app.github.url + "/login", params={"return_to": place})

    assert oauth_app.click(page, "login", "ada").headers["Location"] == "/login"


def test_an_organizations_own_sign_in_is_there_for_organizations_that_have_one(oauth_app: Any) -> None:
    oauth_app.sign_in("saskia")
    there, missing = (oauth_app.browser.get(f"{oauth_app.github.url}/orgs/{name}/sso") for name in ("corp", "closed"))

    assert "Single sign-on to corp" in Page(there.text).text
    assert missing.status_code == 404


def test_a_stranger_signs_in_at_github_before_the_organizations_sign_in(oauth_app: Any) -> None:
    answer = oauth_app.browser.get(f"{oauth_app.github.url}/orgs/corp/sso", allow_redirects=False)

    assert answer.headers["Location"] == "/login?return_to=%2Forgs%2Fcorp%2Fsso"


def test_what_somebody_agreed_to_can_be_taken_back(oauth_app: Any) -> None:
    oauth_app.sign_in("grace")
    oauth_app.agree(oauth_app.authorize("gist"))
    place = f"{oauth_app.github.url}/settings/connections/applications/{oauth_app.github.client_id}"
    before = oauth_app.browser.get(place)
    oauth_app.click(before, "decision", "revoke")

    assert "You have authorized the hub" in Page(before.text).text
    assert "You have not authorized the hub" in Page(oauth_app.browser.get(place).text).text
    assert oauth_app.authorize("gist").status_code == 200
