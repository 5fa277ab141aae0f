"""A shared password: who may sign in, and how long the passwords are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.deploy.given_secrets import given_secrets
from pophub.organizer.event.event import Event
from pophub.organizer.login.shared_password import SharedPassword
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing


def test_everybody_with_the_password_may_sign_in() -> None:
    people = SharedPassword().people()

    assert people == "everybody who has the password of the event, under any user name"


@pytest.mark.parametrize(
    ("participants", "admins", "problem"),
    [
        ("7" * 7, "a" * 32, "SHARED_PASSWORD is too short: the hub takes 8"),
        ("8" * 8, "a" * 31, "ADMIN_PASSWORD is too"),
    ],
)
def test_a_password_that_the_hub_would_refuse_is_refused_before_a_deploy(
    make_event: Callable[..., Event], participants: str, admins: str, problem: str
) -> None:
    event = make_event(login={"shared_password": {}})
    environ = {"SHARED_PASSWORD": participants, "ADMIN_PASSWORD": admins}

    with pytest.raises(PophubError, match=problem):
        given_secrets(event, SharedPassword.secrets, environ, then="deploy again")


def test_everybody_on_a_roster_can_sign_in() -> None:
    people = [Person("Ada", "", "", 2)]

    assert SharedPassword().standings(people, {}) == {2: Standing.ADMITTED}
