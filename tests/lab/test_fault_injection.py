"""A fault of a site of the lab: as long as its block, and nobody but the test can switch it on."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from lab.google import LabGoogle


def test_a_trouble_lasts_as_long_as_its_block(oauth_app: Any) -> None:
    place = f"{oauth_app.github.url}/api/v3/orgs/corp"
    with oauth_app.github.fault(("/api/v3/orgs/corp", "unavailable")):
        during = requests.get(place)
        elsewhere = requests.get(f"{oauth_app.github.url}/api/v3/orgs/closed")
    after = requests.get(place)

    assert [answer.status_code for answer in (during, elsewhere, after)] == [503, 200, 200]
    assert "text/html" in during.headers["Content-Type"]


def test_a_spent_hour_says_when_the_next_begins(oauth_app: Any) -> None:
    with oauth_app.github.fault(("/api/", "primary limit")):
        answer = requests.get(f"{oauth_app.github.url}/api/v3/orgs/corp")

    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (403, "0")
    assert int(answer.headers["x-ratelimit-reset"]) > 0


def test_no_answer_at_all_is_a_trouble_too(oauth_app: Any) -> None:
    with oauth_app.github.fault(("/api/", "no answer")), pytest.raises(requests.ReadTimeout):
        requests.get(f"{oauth_app.github.url}/api/v3/orgs/corp", timeout=0.2)


def test_google_can_be_in_trouble_as_well(google: LabGoogle) -> None:
    with google.fault(("/oauth2/", "bad gateway")):
        assert requests.post(f"{google.url}/oauth2/v4/token", {}).status_code == 502


def test_a_secret_that_is_another_is_refused_as_a_wrong_one(oauth_app: Any) -> None:
    oauth_app.sign_in("ada")
    code = oauth_app.agree(oauth_app.authorize())["code"]
    wrong = oauth_app.token(code, client_secret="guessed")
    with oauth_app.github.fault(("/login/oauth/access_token", "another secret")):
        during = oauth_app.token(code)

    assert during == wrong
    assert "access_token" in oauth_app.token(code)


def test_nobody_else_changes_the_weather(oauth_app: Any) -> None:
    answer = requests.put(f"{oauth_app.github.url}/lab/faults", json=[["/", "unavailable"]])

    assert answer.status_code == 403
    assert requests.get(f"{oauth_app.github.url}/login").ok
