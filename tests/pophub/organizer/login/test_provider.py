"""Every login provider has all that the organizer's side needs of it."""

from __future__ import annotations

import pytest

from pophub.core.contract import LOGIN_SECRETS
from pophub.organizer.event.login import Login
from pophub.organizer.login import PROVIDERS, provider_of
from tests.logins import LOGINS


def test_every_login_of_the_event_file_has_a_provider_and_its_secrets() -> None:
    assert list(Login.model_fields) == list(PROVIDERS) == list(LOGIN_SECRETS) == list(LOGINS)


@pytest.mark.parametrize("kind", LOGINS)
def test_a_provider_that_needs_secrets_says_where_they_come_from(kind: str) -> None:
    provider = PROVIDERS[kind]

    assert bool(provider.secrets_source) is bool(LOGIN_SECRETS[kind])
    assert set(provider.least_characters) <= set(LOGIN_SECRETS[kind])


@pytest.mark.parametrize("kind", LOGINS)
def test_participants_are_told_what_they_need_and_where_they_sign_in(kind: str) -> None:
    provider = provider_of(Login.model_validate({kind: LOGINS[kind]}))
    told = [*provider.before(), *provider.first_sign_in("https://hub.example.org")]

    assert any("https://hub.example.org" in text for _, text in told)
    assert len(dict(told)) == len(told)


@pytest.mark.parametrize("kind", [kind for kind, provider in PROVIDERS.items() if provider.question])
def test_what_pophub_new_writes_before_the_answer_is_valid(kind: str) -> None:
    question = PROVIDERS[kind].question

    assert question is not None
    assert Login.model_validate({kind: {question.key: [question.placeholder]}}).kind == kind
