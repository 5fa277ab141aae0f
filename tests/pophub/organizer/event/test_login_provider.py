"""Every login provider has all that the organizer's side needs of it."""

from __future__ import annotations

import pytest

from pophub.organizer.event.login import Login
from pophub.organizer.login import PROVIDERS
from tests.logins import LOGINS


def test_every_login_of_the_event_file_has_a_provider_and_its_secrets() -> None:
    assert list(Login.model_fields) == list(PROVIDERS) == list(LOGINS)


@pytest.mark.parametrize("kind", LOGINS)
def test_a_provider_that_needs_secrets_says_where_they_come_from(kind: str) -> None:
    provider = PROVIDERS[kind]

    assert bool(provider.secrets_source) is bool(provider.secrets)
    assert set(provider.least_characters) <= set(provider.secrets)


@pytest.mark.parametrize("kind", LOGINS)
def test_participants_are_told_what_they_need_and_where_they_sign_in(kind: str) -> None:
    provider = Login.model_validate({kind: LOGINS[kind]}).provider
    told = [*provider.before(), *provider.first_sign_in("https://hub.example.org")]

    assert any("https://hub.example.org" in text for _, text in told)
    assert len(dict(told)) == len(told)


@pytest.mark.parametrize("kind", [kind for kind, provider in PROVIDERS.items() if provider.question])
def test_what_pophub_new_writes_before_the_answer_is_valid(kind: str) -> None:
    question = PROVIDERS[kind].question

    assert question is not None
    assert Login.model_validate({kind: {question.key: [question.placeholder]}}).kind == kind
