"""The lab's Google has accounts of the event's domains."""

from __future__ import annotations

from tests.lab.demo.conftest import MakeSignIn


def test_the_accounts_are_of_the_events_domain(make_sign_in: MakeSignIn) -> None:
    found = make_sign_in("google")

    assert (found.member.person, found.member.name) == ("ada@uni.example", "ada")
    assert "  Grace@uni.example: account of uni.example, a helper" in found.people
