"""The lab's GitHub as a whole."""

from __future__ import annotations

from typing import Any

import requests

from pophub.hub.rehearsal.pages import Page


def test_a_form_from_elsewhere_is_refused(oauth_app: Any) -> None:
    answer = oauth_app.browser.post(oauth_app.github.url + "/session", data={"login": "ada"})

    assert answer.status_code == 403


def test_a_page_that_is_not_there_says_so(oauth_app: Any) -> None:
    answer = requests.get(oauth_app.github.url + "/geohackweek")

    assert answer.status_code == 404
    assert "The lab has no such page" in Page(answer.text).text
