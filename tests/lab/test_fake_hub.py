"""The played hub tells the watch's own client what a JupyterHub would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab.fake_hub import FakeHub
from pophub.hub.hub_api import HubApi
from pophub.hub.watch.processes import computed

NOW = datetime(2027, 3, 1, 17, tzinfo=UTC)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[FakeHub]:
    with FakeHub(tmp_path, NOW) as hub:
        yield hub


def test_everybody_is_told_page_by_page(hub: FakeHub) -> None:
    for number in range(201):
        hub.work(f"p{number:03}")

    found = HubApi(hub.url, "lab").users()
    assert [it["name"] for it in found] == hub.servers
    assert len(found) == 201


def test_a_server_starts_on_demand_and_is_gone_with_the_power(hub: FakeHub, tmp_path: Path) -> None:
    hub.work("ada")
    hub.at(NOW + timedelta(minutes=5))
    api = HubApi(hub.url, "lab")
    assert list(api.start(["grace"])) == [("grace", None)]

    ada, grace = api.users()
    assert ada["last_activity"] == ada["servers"][""]["started"] == NOW.isoformat()
    assert (grace["last_activity"], grace["servers"][""]["started"]) == (None, "2027-03-01T17:05:00+00:00")
    assert {user: sum(parts.values()) for user, parts in computed(tmp_path).items()} == {"ada": 0, "grace": 0}

    hub.power_off()
    assert [it["servers"] for it in api.users()] == [{}, {}]
    assert computed(tmp_path) == {}
