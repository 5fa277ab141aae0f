"""A service in a unit of its own: known to the hub only where the machine has made a token for it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from traitlets.config import Config

from pophub.core.contract import HELPERS_PORT, HELPERS_SCOPES, HELPERS_TOKEN


def test_without_a_token_there_is_no_service(load: Callable[..., Config], monkeypatch: pytest.MonkeyPatch) -> None:
    load()
    own_unit = sys.modules["sections.services"].own_unit
    assert own_unit("helpers", HELPERS_PORT, HELPERS_TOKEN, [*HELPERS_SCOPES]) == []

    monkeypatch.setenv(HELPERS_TOKEN, "h" * 64)
    [found] = own_unit("helpers", HELPERS_PORT, HELPERS_TOKEN, [*HELPERS_SCOPES])
    assert (found["api_token"], found["url"]) == ("h" * 64, f"http://127.0.0.1:{HELPERS_PORT}")
    assert "command" not in found
