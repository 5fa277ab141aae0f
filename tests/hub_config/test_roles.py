"""What helpers and services may do, as settings; what they can at a running hub is in test_hub_rights.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jupyterhub.scopes import expand_scopes  # type: ignore[import-untyped]
from traitlets.config import Config

Load = Callable[..., Config]


def roles(config: Config) -> dict[str, dict[str, Any]]:
    return {role["name"]: role for role in config.JupyterHub.load_roles}


def test_helpers_cannot_open_servers_unless_the_event_file_says_so(load: Load) -> None:
    without = roles(load())
    with_access = roles(load(lambda event: event["server"].update(admin_access=True)))

    assert (without["helper"]["users"], without["admin"]["users"]) == (["octocat"], [])
    assert (with_access["helper"]["users"], with_access["admin"]["users"]) == ([], ["octocat"])


@pytest.mark.parametrize("scope", ["access:servers", "tokens", "shares", "proxy", "shutdown", "groups"])
def test_a_helper_has_nothing_that_opens_a_server(load: Load, scope: str) -> None:
    assert scope not in expand_scopes(roles(load())["helper"]["scopes"])


def test_the_culler_stops_what_is_idle_and_may_do_nothing_else(load: Load) -> None:
    config = load()
    service = config.JupyterHub.services[0]
    role = roles(config)[service["name"]]

    assert {"--timeout=3600", "--max-age=0"} <= set(service["command"])
    assert role["services"] == [service["name"]]
    assert role["scopes"] == ["list:users", "read:users:activity", "read:servers", "delete:servers"]


def test_the_culler_stops_what_is_too_old_where_the_event_file_says_so(load: Load) -> None:
    service = load(lambda event: event["idle"].update(server_max_hours=12)).JupyterHub.services[0]

    assert "--max-age=43200" in service["command"]
