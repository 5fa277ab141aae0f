"""The ways to sign in: exactly one, with what it needs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pophub.organizer.event.checks import Strict
from pophub.organizer.event.login import Login
from pophub.organizer.login.github import GitHub
from pophub.organizer.login.google import Google
from pophub.organizer.login.system import System

REFUSED: list[tuple[type[Strict], dict[str, Any], str]] = [
    (Login, {}, "no login method is set"),
    (Login, {"github": None}, "has no settings"),
    (Login, {"system": {}, "shared_password": {}}, "exactly one way"),
    (Login, {"system": {}, "github": None}, "exactly one way"),
    (System, {"create_users": 1}, "valid boolean"),
    (System, {"admins": ["ada", "root"]}, "nobody's own account"),
    (GitHub, {"allow": []}, "an open hub is refused"),
    (Google, {"hosted_domain": []}, "an open hub is refused"),
]


@pytest.mark.parametrize(("section", "written", "problem"), REFUSED)
def test_what_lets_nobody_or_everybody_in_is_refused(
    section: type[Strict], written: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        section.model_validate(written)


def test_accounts_of_the_machine_are_made_only_where_the_file_says_so() -> None:
    assert not any((System().create_users, GitHub(allow=("x",)).create_users))
    assert Google.model_validate({"hosted_domain": ["uni.example"], "create_users": True}).create_users


def test_the_helpers_are_told_whichever_the_way() -> None:
    assert Login.model_validate({"shared_password": {"admins": ["ada"]}}).admins == ("ada",)


@pytest.mark.parametrize(
    ("written", "accounts"),
    [
        ({"system": {}}, True),
        ({"github": {"allow": ["geo"], "create_users": True}}, True),
        ({"github": {"allow": ["geo"]}}, False),
        ({"shared_password": {}}, False),
    ],
)
def test_people_are_accounts_of_the_machine_where_the_way_needs_them(
    written: dict[str, Any], *, accounts: bool
) -> None:
    assert Login.model_validate(written).provider.makes_accounts is accounts
