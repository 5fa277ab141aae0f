"""Secrets from Parameter Store, as systemd reads them; tests/cloud_init/test_secrets_step.py has those of a server's own."""

from __future__ import annotations

from typing import Any

import pytest

from pophub.core.errors import PophubError
from pophub.hub.install import event_secrets

VALUES = {"/pophub/geo/github_client_id": "id", "/pophub/geo/github_client_secret": 'a "quoted" größer\\$'}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What Parameter Store was asked; it has VALUES."""
    requests: list[dict[str, Any]] = []

    def answer(region: str, action: str, request: dict[str, Any]) -> dict[str, Any]:
        requests.append({"region": region, "action": action, **request})
        found = [{"Name": name, "Value": VALUES[name]} for name in request["Names"] if name in VALUES]
        return {"Parameters": found, "InvalidParameters": [it for it in request["Names"] if it not in VALUES]}

    monkeypatch.setattr(event_secrets, "parameter_store", answer)
    monkeypatch.setattr(
        event_secrets, "metadata", {"placement/region": "us-west-2", "tags/instance/pophub:event": "geo"}.get
    )
    return requests


def test_the_secrets_of_the_login_are_lines_for_systemd(asked: list[dict[str, Any]]) -> None:
    assert event_secrets.environment(event_secrets.secret_values(["github_client_id", "github_client_secret"])) == (
        'GITHUB_CLIENT_ID="id"\nGITHUB_CLIENT_SECRET="a \\"quoted\\" größer\\\\$"\n'
    )
    assert asked == [{"region": "us-west-2", "action": "GetParameters", "Names": list(VALUES), "WithDecryption": True}]


def test_a_secret_that_is_not_there_is_named(asked: list[dict[str, Any]]) -> None:
    with pytest.raises(PophubError, match="Parameter Store has no /pophub/geo/database_url: deploy again"):
        event_secrets.secret_values(["github_client_id", "database_url"])
    assert len(asked) == 1


def test_where_no_secret_is_needed_nobody_is_asked(asked: list[dict[str, Any]]) -> None:
    assert event_secrets.secret_values([]) == {}
    assert not asked


@pytest.mark.parametrize(
    ("tls", "wake", "key"),
    [("acme", {"wake": {}}, ["wake_key"]), ("none", {"wake": {}}, []), ("acme", {}, [])],
)
def test_the_key_of_the_off_page_is_asked_for_if_people_can_start_the_hub(
    tls: str, wake: dict[str, Any], key: list[str]
) -> None:
    event = {"secrets": ["password"], "tls": {"mode": tls}, **wake}

    assert event_secrets.stored_names(event) == ["password", *key]
