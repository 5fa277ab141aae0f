"""The helpers' page, as settings: helpers alone may open it, and it can do no more than they."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from jupyterhub.scopes import expand_scopes  # type: ignore[import-untyped]
from traitlets.config import Config

from pophub.core.contract import HELPERS_SCOPES, HELPERS_TOKEN

Load = Callable[..., Config]


def test_only_helpers_may_open_it(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HELPERS_TOKEN, "h" * 64)
    config = load()
    [role] = [it for it in config.JupyterHub.load_roles if it["name"] == "helpers-page"]
    everybody = [it for it in config.JupyterHub.load_roles if it["name"] == "user"]

    assert role == {"name": "helpers-page", "scopes": ["access:services!service=helpers"], "users": ["octocat"]}
    assert "helpers" not in str(everybody)


def test_the_page_can_do_no_more_than_a_helper(load: Load) -> None:
    [helper] = [it for it in load().JupyterHub.load_roles if it["name"] == "helper"]
    scopes = expand_scopes(helper["scopes"])

    assert expand_scopes(HELPERS_SCOPES) <= scopes
    assert not [scope for scope in expand_scopes(HELPERS_SCOPES) if scope.startswith(("access:servers", "tokens"))]
