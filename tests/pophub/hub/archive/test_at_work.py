"""Who works: names from the hub, or whether there is anybody at all."""

from __future__ import annotations

from typing import Any

import pytest

from pophub.hub.archive.at_work import at_work, main
from pophub.hub.hub_api import HubRefused, HubSilent


def _silent(error: Exception) -> Any:
    def ask() -> list[dict[str, Any]]:
        raise error

    return ask


def test_those_with_a_server_are_named() -> None:
    users = [
        {"name": "grace", "servers": {"": {}}},
        {"name": "bob", "servers": {}},
        {"name": "ada", "servers": {"": {}}},
    ]

    assert at_work(lambda: users, 2) == ["ada", "grace"]


@pytest.mark.parametrize("error", [HubSilent("x"), HubRefused("x")])
@pytest.mark.parametrize(("servers", "known"), [(0, []), (1, None)])
def test_a_silent_hub_has_nobody_only_without_servers(error: Exception, servers: int, known: list[str] | None) -> None:
    assert at_work(_silent(error), servers) == known


def test_it_is_said_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HUB_URL", "http://127.0.0.1:9")
    main("1")

    assert capsys.readouterr().out == '{"at_work": null}\n'
