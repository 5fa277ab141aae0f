"""Who has an account at the lab's Google, for an event."""

from __future__ import annotations

from collections.abc import Callable

from lab.google_accounts import Account, accounts_for
from pophub.organizer.event.event import Event
from tests.pophub.conftest import make_event

__all__ = ["make_event"]


def test_there_is_one_account_of_each_kind(make_event: Callable[..., Event]) -> None:
    google = {"hosted_domain": ["uni.example", "lab.example"], "admins": ["grace", "olga@lab.example"]}
    accounts = {account.email: account for account in accounts_for(make_event(login={"google": google}))}

    assert {accounts[f"ada@{domain}"].hd for domain in google["hosted_domain"]} == set(google["hosted_domain"])
    assert (accounts["grace@uni.example"].hd, accounts["olga@lab.example"].hd) == ("uni.example", "lab.example")
    assert not accounts["unproven@uni.example"].verified
    assert accounts["private@uni.example"].hd is None
    assert accounts["mallory@elsewhere.example"].hd == "elsewhere.example"


def test_an_account_says_whose_it_is() -> None:
    assert Account("a@x.example", "x.example").described == "account of x.example"
    assert Account("a@x.example", verified=False).described == "private account, address not verified"
