"""Google: who may sign in."""

from __future__ import annotations

from pophub.organizer.event.login import Google
from pophub.organizer.login.google import GoogleLogin


def test_accounts_of_the_domains_may_sign_in() -> None:
    login = GoogleLogin(Google(hosted_domain=("uni.example", "lab.example")))

    assert login.people() == "Google accounts of uni.example or lab.example"
    assert "account of uni.example or lab.example at hand" in dict(login.before())["google_account"]
