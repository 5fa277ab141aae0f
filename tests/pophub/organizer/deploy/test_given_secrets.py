"""Secrets come out of the environment, or it is said which are missing and where they come from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pophub.core.contract import CERTIFICATE_SECRETS, DATABASE_SECRET
from pophub.core.errors import PophubError
from pophub.organizer.deploy.given_secrets import SOURCES, given_secrets, variable
from pophub.organizer.deploy.hub_secrets import LARGEST_BYTES, names
from pophub.organizer.event.event import Event

OWN = {"mode": "files", "certificate": "/etc/pophub/own/hub.pem", "key": "/etc/pophub/own/hub.key"}


def test_a_secret_is_taken_under_either_of_its_names(make_event: Callable[..., Event]) -> None:
    environ = {"GITHUB_CLIENT_ID": " id ", "TF_VAR_github_client_secret": "secret"}

    found = given_secrets(make_event(), ("github_client_id", "github_client_secret"), environ, then="deploy again")

    assert found == {"github_client_id": "id", "github_client_secret": "secret"}
    assert variable("github_client_id") == "TF_VAR_github_client_id"


def test_every_secret_that_is_not_a_logins_has_a_place_where_it_comes_from() -> None:
    assert {DATABASE_SECRET, *CERTIFICATE_SECRETS} == SOURCES.keys()


def test_what_is_missing_is_told_with_each_of_its_sources(make_event: Callable[..., Event]) -> None:
    event = make_event(tls=OWN)

    with pytest.raises(PophubError, match="TLS_CERTIFICATE and TLS_KEY are not set") as missing:
        given_secrets(event, names(event), {"GITHUB_CLIENT_ID": "a", "GITHUB_CLIENT_SECRET": "b"}, then="install again")

    assert missing.value.hint.startswith("take the certificate with its chain")
    assert missing.value.hint.endswith("export TLS_CERTIFICATE=… TLS_KEY=… and install again")
    with pytest.raises(PophubError) as all_of_them:
        given_secrets(event, names(event), {}, then="deploy again")
    assert "/hub/oauth_callback; take the certificate" in all_of_them.value.hint


def test_a_certificate_that_parameter_store_does_not_take_is_refused(make_event: Callable[..., Event]) -> None:
    with pytest.raises(PophubError, match="TLS_CERTIFICATE is larger than the 8192 bytes"):
        given_secrets(
            make_event(tls=OWN),
            CERTIFICATE_SECRETS,
            {"TLS_CERTIFICATE": "c" * (LARGEST_BYTES + 1), "TLS_KEY": "k"},
            then="",
        )
