"""Rehearsals at the hub: what their token may do. A rehearsal at a real hub is in tests/pophub/hub/rehearsal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from traitlets.config import Config

from pophub.core.contract import REHEARSAL_TOKEN

Load = Callable[..., Config]


def test_a_machine_with_a_token_has_the_service_with_exactly_its_rights(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "rehearsal" not in [it["name"] for it in (*load().JupyterHub.services, *load().JupyterHub.load_roles)]
    monkeypatch.setenv(REHEARSAL_TOKEN, "hush-hush")
    config = load().JupyterHub

    assert {"name": "rehearsal", "api_token": "hush-hush"} in config.services
    (role,) = [it for it in config.load_roles if it["name"] == "rehearsal"]
    assert role["services"] == ["rehearsal"]
    assert role["scopes"] == [
        "list:users",
        "read:users:activity",
        "read:servers",
        "delete:users!group=rehearsal",
        "delete:servers!group=rehearsal",
    ]
