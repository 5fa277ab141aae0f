"""Each way to sign in has a stand-in with people of the event's own organizations, or is refused plainly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lab.demo.sign_in import DemoSignIn, require_stand_in, sign_in_of
from pophub.core.contract import LOGIN_SECRETS
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login
from pophub.organizer.login import provider_of
from tests.logins import LOGINS


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def event_with(hackweek: Event, kind: str, **settings: Any) -> Event:
    return hackweek.model_copy(update={"login": Login.model_validate({kind: LOGINS[kind] | settings})})


def made(hackweek: Event, stack: ExitStack, folder: Path, kind: str, **settings: Any) -> DemoSignIn:
    return sign_in_of(event_with(hackweek, kind, **settings), folder, stack)


@pytest.mark.parametrize("kind", sorted(LOGINS.keys() - {"system"}))
def test_the_secrets_are_made_up_anew_and_long_enough(
    hackweek: Event, stack: ExitStack, tmp_path: Path, kind: str
) -> None:
    first, second = (made(hackweek, stack, tmp_path, kind) for _ in range(2))

    assert set(first.secrets) == set(LOGIN_SECRETS[kind])
    assert not set(first.secrets.values()) & set(second.secrets.values())
    least = provider_of(event_with(hackweek, kind).login).least_characters
    assert all(len(first.secrets[name]) >= number for name, number in least.items())


def test_the_people_are_of_the_events_organization_and_the_helper_is_named(
    hackweek: Event, stack: ExitStack, tmp_path: Path
) -> None:
    found = made(hackweek, stack, tmp_path, "github", allow=["geohackweek", "partners:participants-2027"])

    assert found.member.person == "ada"
    assert {"  ada: member of geohackweek", "  Grace: member of partners, team participants-2027, a helper"} <= set(
        found.people
    )


def test_of_a_team_alone_a_member_of_the_team_comes(hackweek: Event, stack: ExitStack, tmp_path: Path) -> None:
    found = made(hackweek, stack, tmp_path, "github", allow=["lab:students"])

    assert found.member.person == "Grace"
    assert "  Grace: member of lab, team students, a helper" in found.people


def test_the_accounts_are_of_the_events_domain(hackweek: Event, stack: ExitStack, tmp_path: Path) -> None:
    found = made(hackweek, stack, tmp_path, "google")

    assert (found.member.person, found.member.name) == ("ada@uni.example", "ada")
    assert "  Grace@uni.example: account of uni.example, a helper" in found.people


def test_who_comes_with_the_shared_password_is_no_helper(hackweek: Event, stack: ExitStack, tmp_path: Path) -> None:
    found = made(hackweek, stack, tmp_path, "shared_password", admins=["Ada", "grace", "katherine"])
    shared, admin = (found.secrets[name] for name in LOGIN_SECRETS["shared_password"])

    assert found.member.person not in ("ada", "grace", "katherine")
    assert shared in found.people[0]
    assert admin in found.people[1]


def test_accounts_of_the_machine_are_refused_with_what_to_show_in_their_place(hackweek: Event) -> None:
    with pytest.raises(PophubError, match="login `system` cannot be shown") as refused:
        require_stand_in(event_with(hackweek, "system"))

    assert "shared_password" in refused.value.hint
