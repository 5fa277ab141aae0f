"""The page of costs, as settings: who may come in, who sees everything, and no service where there are no prices."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyterhub.scopes import expand_scopes  # type: ignore[import-untyped]
from traitlets.config import Config

from pophub.core.contract import COSTS_PORT, COSTS_TOKEN, WATCH_SETTINGS_FILE

Load = Callable[..., Config]


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COSTS_TOKEN, "c" * 64)


def service(config: Config) -> dict[str, Any] | None:
    return next((it for it in config.JupyterHub.services if it["name"] == "costs"), None)


def roles(config: Config) -> dict[str, dict[str, Any]]:
    return {role["name"]: role for role in config.JupyterHub.load_roles}


@pytest.mark.parametrize("access", [False, True])
def test_organizers_see_everything_whatever_else_they_may_do(load: Load, access: bool) -> None:
    config = load(lambda event: event["server"].update(admin_access=access))

    assert roles(config)["costs"]["users"] == ["octocat"]
    assert roles(config)["costs"]["scopes"] == ["custom:costs:read", "access:services!service=costs"]


def test_everybody_may_come_in_and_nothing_more(load: Load) -> None:
    assert roles(load())["user"] == {"name": "user", "scopes": ["self", "access:services!service=costs"]}
    assert "access:services!service=costs" not in expand_scopes(roles(load())["helper"]["scopes"])


def test_the_service_can_do_nothing_at_the_hub_and_asks_nobody(load: Load) -> None:
    config = load()
    found = service(config)

    assert found is not None
    assert found["oauth_client_allowed_scopes"] == ["custom:costs:read"]
    assert set(config.JupyterHub.custom_scopes) == {"custom:costs:read"}
    assert found["oauth_no_confirm"] is True
    assert found["url"] == f"http://127.0.0.1:{COSTS_PORT}"
    # the hub starts without it: a service that the hub starts itself would end the hub
    assert ("command" in found, found["timeout"]) == (False, 0)
    assert not [role for role in roles(config).values() if "costs" in role.get("services", ())]


def test_a_machine_without_its_unit_has_no_page_of_costs(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(COSTS_TOKEN)
    config = load()

    assert service(config) is None
    assert not {"user", "costs"} & roles(config).keys()


def test_a_machine_that_aws_does_not_have_has_no_page_of_costs(load: Load, hub_folder: Path) -> None:
    (hub_folder / WATCH_SETTINGS_FILE).write_text(json.dumps({}))
    config = load()

    assert service(config) is None
    assert not {"user", "costs"} & roles(config).keys()
