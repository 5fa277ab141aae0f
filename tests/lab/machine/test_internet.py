"""A process is on the lab's internet only inside the block."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from lab.machine.internet import on_the_internet


def test_the_environment_is_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://of.the.office")
    monkeypatch.delenv("WEBSOCKET_CLIENT_CA_BUNDLE", raising=False)
    machine: Any = SimpleNamespace(environment={"https_proxy": "http://lab", "WEBSOCKET_CLIENT_CA_BUNDLE": "roots"})
    with on_the_internet(machine):
        assert (os.environ["https_proxy"], os.environ["WEBSOCKET_CLIENT_CA_BUNDLE"]) == ("http://lab", "roots")

    assert os.environ["https_proxy"] == "http://of.the.office"
    assert "WEBSOCKET_CLIENT_CA_BUNDLE" not in os.environ
