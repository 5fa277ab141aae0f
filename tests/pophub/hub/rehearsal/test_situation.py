"""What a rehearsal knows before it begins: read from the bundle, the meter and cost-watch's files; what fails is not known."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lab.plans import plan_of
from pophub.core.contract import BANNER_FILE, CLOSED_FILE, EVENT_FILE, METER_FILE, WATCH_SETTINGS_FILE
from pophub.core.cost.meter import append
from pophub.core.cost.records import Kind, Moment, of_hub
from pophub.core.errors import PophubError
from pophub.hub.hub_api import HubApi, HubSilent
from pophub.hub.rehearsal.situation import World, content_folder, event_of, situation
from pophub.hub.rehearsal.sweep import Paths
from pophub.organizer.deploy.watch_settings import watch_settings
from pophub.organizer.event.event import Event

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)


class Api(HubApi):
    """A hub with one real and one pretended person at work."""

    def users(self) -> list[dict[str, Any]]:
        return [{"name": name, "servers": {"": {}}} for name in ("ada", "~rehearsal-1")]


class Silent(HubApi):
    """A hub that does not answer."""

    def users(self) -> list[dict[str, Any]]:
        raise HubSilent("no answer")


@pytest.fixture
def world(make_event: Callable[..., Event], tmp_path: Path) -> World:
    plan = plan_of(make_event(host={"instance_type": None}))
    (tmp_path / "hub-config").mkdir()
    server = {"memory_gib": 4, "home_gib": 10, "content": "https://git.example.org/geo/maps.git/"}
    event = {"url": "https://hub.example.org", "server_limit": 50, "server": server, "login": {"github": {}}}
    (tmp_path / "hub-config" / EVENT_FILE).write_text(json.dumps(event))
    (tmp_path / "hub-config" / WATCH_SETTINGS_FILE).write_text(json.dumps(watch_settings(plan)))
    start = Moment(NOW - timedelta(hours=1), "boot", 0)
    beat = Moment(NOW, "boot", 3_600_000)
    records = [
        of_hub(Kind.START, start, machine=plan.instance_type, disk_gib=plan.sizing.disk_gib),
        of_hub(Kind.BEAT, beat),
    ]
    append(tmp_path / METER_FILE, records)
    return World(Paths(tmp_path, tmp_path, tmp_path), tmp_path, lambda: beat)


def test_everything_is_known(world: World) -> None:
    found = situation(world, Api("", ""))

    assert (found.at_work, found.closed, found.stop_at, found.accounts) == (("ada",), False, "", False)
    assert found.usd_an_hour
    assert found.spent_usd == pytest.approx(found.usd_an_hour, rel=Decimal("0.01"))
    assert found.sessions
    assert found.stops


def test_what_fails_is_not_known(world: World) -> None:
    (world.paths.memory / METER_FILE).unlink()
    found = situation(world, Silent("", ""))

    assert (found.at_work, found.spent_usd) == (None, None)


def test_a_closed_hub_and_an_announced_stop_are_seen(world: World) -> None:
    (world.paths.run / CLOSED_FILE).touch()
    (world.paths.run / BANNER_FILE).write_text('{"clock": "18:05"}')
    found = situation(world, Api("", ""))

    assert (found.closed, found.stop_at) == (True, "18:05")


def test_a_machine_without_a_meter_is_refused(world: World) -> None:
    (world.bundle / "hub-config" / WATCH_SETTINGS_FILE).write_text("{}")

    with pytest.raises(PophubError, match="no meter"):
        situation(world, Api("", ""))


def test_the_result_knows_the_event(world: World) -> None:
    event = event_of(world)

    assert (event.name, event.memory_limit, event.home_limit, event.server_limit, event.on_workers) == (
        "geo-hackweek",
        4 * 1024**3,
        10 * 1024**3,
        50,
        False,
    )


@pytest.mark.parametrize(
    ("content", "folder"),
    [("https://git.example.org/geo/maps.git/", "maps"), ("https://git.lab/tutorials", "tutorials"), (None, "")],
)
def test_the_contents_folder_has_git_s_own_name(content: str | None, folder: str) -> None:
    assert content_folder({"server": {"content": content}}) == folder
