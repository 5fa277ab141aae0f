"""What shell is told of event.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pophub.core import contract
from pophub.core.errors import PophubError
from pophub.hub.install.settings import caddy_environment, check_settings, home_limits, setting, uses_accounts
from pophub.organizer.paths import CLOUD_INIT

SETTINGS: dict[str, Any] = {
    "title": "Geo Week",
    "url": "https://hub.example.org",
    "domain": "hub.example.org",
    "contact": ["ada@example.org"],
    "tls": {"mode": "files", "certificate": "/etc/hub.pem", "key": "/etc/hub.key"},
    "server": {"image": "quay.io/jupyter/scipy-notebook:2026-10-06", "home_gib": 0.5},
    "login": {"github": {"create_users": False}},
}


def test_a_key_is_found_by_its_path() -> None:
    assert setting(SETTINGS, "tls.mode") == "files"
    assert [setting(SETTINGS, name) for name in ("tls.absent", "absent.mode", "title.mode")] == [None] * 3


def test_a_home_has_a_limit_of_bytes_and_one_of_files() -> None:
    assert home_limits(SETTINGS) == "bhard=524288k ihard=50000"


@pytest.mark.parametrize(
    ("login", "accounts"),
    [
        ({"system": {}}, True),
        ({"github": {"create_users": True}}, True),
        ({"github": {"create_users": False}}, False),
        ({"google": {}}, False),
    ],
)
def test_a_login_says_whether_people_are_accounts(login: dict[str, Any], accounts: bool) -> None:
    assert uses_accounts({"login": login}) is accounts


def test_caddy_is_told_its_address_its_certificate_and_whom_to_mail() -> None:
    lines = caddy_environment(SETTINGS, "files", "/page").splitlines()

    assert lines[:2] == ["POPHUB_DOMAIN=hub.example.org", "POPHUB_EMAIL=email ada@example.org"]
    assert lines[3] == "POPHUB_TLS=tls/files"
    assert {"POPHUB_PAGE=/page", "POPHUB_CERTIFICATE=/etc/hub.pem", "POPHUB_KEY=/etc/hub.key"} < set(lines)
    assert f"POPHUB_PROXY=127.0.0.1:{contract.PROXY_PORT}" in lines


def test_without_a_contact_and_a_certificate_their_lines_are_empty() -> None:
    lines = caddy_environment(SETTINGS | {"contact": [], "tls": {"mode": "acme"}}, "waiting", "/page").splitlines()

    assert {"POPHUB_EMAIL=", "POPHUB_CERTIFICATE=", "POPHUB_KEY=", "POPHUB_TLS=tls/waiting"} < set(lines)


def test_caddy_can_be_told_to_listen_and_to_ask_for_no_certificate_yet() -> None:
    lines = [caddy_environment(SETTINGS, "acme", "/page", *when).splitlines()[2] for when in ((), ("",), ("later",))]

    assert lines == ["POPHUB_AUTO_HTTPS=", "POPHUB_AUTO_HTTPS=", "POPHUB_AUTO_HTTPS=auto_https disable_certs"]


def test_every_variable_is_one_of_the_caddyfile() -> None:
    caddyfile = "".join(file.read_text() for file in (CLOUD_INIT / "Caddyfile", *(CLOUD_INIT / "tls").iterdir()))
    names = [line.partition("=")[0] for line in caddy_environment(SETTINGS, "files", "/page").splitlines()]

    assert not [name for name in names if f"{{${name}" not in caddyfile]


@pytest.mark.parametrize(
    "wrong", ["{", "[]", "{}", "null", *({**SETTINGS, "login": {}}, {**SETTINGS, "tls": {}})], ids=str
)
def test_an_event_json_that_is_no_hubs_is_refused(wrong: str | dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / contract.EVENT_FILE
    file.write_text(json.dumps(SETTINGS))
    check_settings(file)
    file.write_text(wrong if isinstance(wrong, str) else json.dumps(wrong))
    with pytest.raises(PophubError, match=f"{contract.EVENT_FILE} lacks what every hub needs"):
        check_settings(file)
