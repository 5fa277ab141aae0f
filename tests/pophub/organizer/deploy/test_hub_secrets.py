"""Each way of signing in names its secrets."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pophub.core.contract import CERTIFICATE_SECRETS, DATABASE_SECRET, WAKE_SECRET
from pophub.organizer.deploy.hub_secrets import made_names, make_secret, names, stored_names
from pophub.organizer.event.event import Event
from pophub.organizer.login import PROVIDERS
from tests.logins import LOGINS


@pytest.mark.parametrize("kind", LOGINS)
def test_an_event_needs_the_secrets_of_its_way_to_sign_in(make_event: Callable[..., Event], kind: str) -> None:
    assert names(make_event(login={kind: LOGINS[kind]})) == PROVIDERS[kind].secrets


def test_a_postgresql_takes_its_address_as_a_secret(make_event: Callable[..., Event]) -> None:
    assert DATABASE_SECRET not in names(make_event())
    assert names(make_event(database="postgresql"))[-1] == DATABASE_SECRET


def test_an_organizers_own_certificate_and_its_key_are_secrets(make_event: Callable[..., Event]) -> None:
    own = {"mode": "files", "certificate": "/etc/pophub/own/hub.pem", "key": "/etc/pophub/own/hub.key"}

    assert names(make_event(tls=own))[-2:] == CERTIFICATE_SECRETS
    assert not set(CERTIFICATE_SECRETS) & set(names(make_event()))


def test_a_secret_s_name_can_be_a_variable_and_the_end_of_a_parameter_s_path() -> None:
    found = [name for provider in PROVIDERS.values() for name in provider.secrets] + [DATABASE_SECRET]

    assert found
    assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in found)
    assert len(set(found)) == len(found)


def test_the_off_page_s_key_is_made_up_and_never_asked_for(make_event: Callable[..., Event]) -> None:
    event = make_event()

    assert WAKE_SECRET not in names(event)
    assert stored_names(event) == (*names(event), WAKE_SECRET)
    assert len({make_secret(), make_secret()}) == 2


@pytest.mark.parametrize("changes", [{"wake": False}, {"tls": {"mode": "none"}}])
def test_without_a_start_from_there_it_has_no_key(make_event: Callable[..., Event], changes: dict[str, object]) -> None:
    assert made_names(make_event(**changes)) == ()
